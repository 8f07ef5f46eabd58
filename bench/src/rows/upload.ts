import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTeamWithToken, prepareDatabase } from '@holdout/api';
import { openDatabase } from '@holdout/db';
import { startLocalPostgres } from '@holdout/local-postgres';
import { insertPhaseOfStudies } from '../leaderboard/fill-database.js';
import { startApi } from '../leaderboard/start-load.js';
import type { Row } from '../measurement.js';
import { sendBytes } from '../upload/send-bytes.js';
import { startNginx } from '../upload/start-nginx.js';

const phase = '/api/competitions/bench/phases/test';
const pieceBytes = 1024 * 1024;

/**
 * A bundle of `--gigabytes` that comes whole, and one that comes by tus in one part, each hashed, stored and opened by the
 * API, in turns with nginx, which takes the same bytes by PUT and does nothing of that. And by how much the API's memory
 * grows meanwhile. The bundle is noise: the API says that it is no archive, once all of it is stored.
 */
export const measureUpload: Row = async ({ directory, rounds, gigabytes, say }) => {
  const sizeBytes = Math.round(gigabytes * 1e9);
  const postgres = await startLocalPostgres({ directory: join(directory, 'postgres') });
  const closers = [() => postgres.stop()];
  try {
    await postgres.ensureDatabase('holdout');
    const databaseUrl = postgres.url('holdout');
    await prepareDatabase({ databaseUrl, evaluatorPassword: 'bench' });
    const database = openDatabase({ url: databaseUrl, applicationName: 'bench' });
    closers.push(() => database.close());
    await insertPhaseOfStudies(database);
    await database.updateTable('phases').set({ bundleSizeBytes: sizeBytes }).execute();
    const { token } = await createTeamWithToken({ database }, { team: 'Bench' });
    const storage = join(directory, 'storage');
    const api = await startApi(databaseUrl, storage);
    closers.push(() => api.stop());
    const nginx = await startNginx(join(directory, 'nginx'));
    closers.push(() => nginx.stop());

    const authorization = `Bearer ${token}`;
    // No two are the same, or the second would be a file that is there already.
    const makeBody = () => ({ sizeBytes, piece: randomBytes(pieceBytes) });
    const sendWhole = () => {
      const headers = { authorization, 'content-type': 'application/octet-stream' };
      return sendBytes(`${api.url}${phase}/submissions`, { method: 'POST', headers, ...makeBody(), status: 422 });
    };
    const sendByTus = async () => {
      const tus = { authorization, 'tus-resumable': '1.0.0' };
      const headers = { ...tus, 'upload-length': String(sizeBytes) };
      const begun = await fetch(`${api.url}${phase}/uploads`, { method: 'POST', headers });
      const location = begun.headers.get('location');
      if (location === null) throw new Error(`The upload was not begun: ${await begun.text()}`);
      const part = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
      return await sendBytes(api.url + location, { method: 'PATCH', headers: part, ...makeBody(), status: 204 });
    };
    const sendToNginx = () =>
      sendBytes(`${nginx.url}/bundle`, { method: 'PUT', headers: {}, ...makeBody(), status: 201 });

    const rates = { whole: [] as number[], tus: [] as number[], nginx: [] as number[], synced: [] as number[] };
    const growths: number[] = [];
    /** And waits until the disk has nothing left to do of it, or the next one would pay for it. */
    const removeSent = async () => {
      await rm(join(storage, 'blobs'), { recursive: true, force: true });
      await rm(join(directory, 'nginx', 'files', 'bundle'), { force: true });
      await promisify(execFile)('sync');
    };
    for (let round = 0; round < rounds; round++) {
      const before = readMemory(api.pid, 'VmRSS');
      // Lets the kernel note the peak anew.
      writeFileSync(`/proc/${api.pid}/clear_refs`, '5');
      rates.whole.push((await sendWhole()) / 1e6);
      await removeSent();
      rates.tus.push((await sendByTus()) / 1e6);
      growths.push((readMemory(api.pid, 'VmHWM') - before) / 1e6);
      await removeSent();
      const nginxRate = await sendToNginx();
      rates.nginx.push(nginxRate / 1e6);
      const syncSeconds = await syncFile(join(directory, 'nginx', 'files', 'bundle'));
      rates.synced.push(sizeBytes / (sizeBytes / nginxRate + syncSeconds) / 1e6);
      await removeSent();
      say(`round ${round + 1} of ${rounds}`);
    }
    const against = { what: 'nginx, PUT', samples: rates.nginx };
    const againstSynced = { what: 'nginx, PUT, and its file synced', samples: rates.synced };
    const aim = { of: 'ratio', comparison: 'atLeast', value: 0.7 } as const;
    const facts = { gigabytes };
    return [
      { what: 'a bundle that comes whole', unit: 'MB/s', samples: rates.whole, against, aim, facts },
      { what: '… which is on the disk then', unit: 'MB/s', samples: rates.whole, against: againstSynced, facts },
      { what: 'a bundle that comes by tus', unit: 'MB/s', samples: rates.tus, against, aim, facts },
      { what: '… which is on the disk then', unit: 'MB/s', samples: rates.tus, against: againstSynced, facts },
      {
        what: '… by how much the API’s memory grows meanwhile',
        unit: 'MB',
        samples: growths,
        aim: { of: 'median', comparison: 'below', value: 100 },
        facts,
      },
    ];
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

/** @returns how long it takes until all that was written to a file survives a power cut, as what the API has answered does */
async function syncFile(path: string): Promise<number> {
  const startedAt = performance.now();
  const handle = await open(path, 'r+');
  await handle.sync();
  await handle.close();
  return (performance.now() - startedAt) / 1000;
}

function readMemory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}
