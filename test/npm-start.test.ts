import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findFreePort } from '@holdout/local-postgres';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, startRedisCluster } from './run-redis.js';
import { makeDataDirectory, type Standalone, startStandalone } from './run-standalone.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const holdout = fileURLToPath(new URL('../node_modules/.bin/holdout', import.meta.url));

/** The facts of the official hidden test set (arXiv 1712.06957 and its board): studies by type. */
const officialStudies = { elbow: 28, finger: 30, forearm: 30, hand: 30, humerus: 30, shoulder: 30, wrist: 29 };

describe('npm start on an empty folder', () => {
  let data: Awaited<ReturnType<typeof makeDataDirectory>>;
  let standalone: Standalone;
  let token: string;

  beforeAll(async () => {
    data = await makeDataDirectory();
    standalone = await startStandalone({ dataDirectory: data.path });
    await standalone.printed(/Ctrl-C/, 400);
    token = readToken(standalone.output());
  }, 420_000);

  afterAll(async () => {
    await standalone?.interrupt();
    await data?.remove();
  });

  it('says the address, the demo accounts and what to type next', () => {
    const output = standalone.output();
    expect(output).toContain(standalone.address);
    expect(output).toMatch(/HOLDOUT_TOKEN=/);
    expect(output).toMatch(/npx --no-install holdout submit/);
    // Nobody has to wait for scores to get in.
    expect(output).toMatch(/page is up: .*\n.*site administrator .*[\s\S]*owner of your team [\s\S]* submitted /);
    expect(output).not.toMatch(/undefined|NaN|\[object/);
  });

  it('lets in the people that it prints, and keeps their passwords to itself', async () => {
    const file = join(data.path, 'demo-accounts.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const [email, place] of [
      ['you@example.org', { competitions: [{ competition: 'mura', team: { name: 'Your team' } }] }],
      ['organiser@example.org', { user: { siteAdmin: true }, organises: ['mura'] }],
    ] as const) {
      const password = new RegExp(`${email}\\s+(\\S+)`).exec(standalone.output())?.[1] ?? '';
      const signedIn = await fetch(`${standalone.address}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: standalone.address },
        body: JSON.stringify({ email, password }),
      });
      expect(signedIn.status, email).toBe(200);
      const cookie = signedIn.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      const me = await fetch(`${standalone.address}/api/me`, { headers: { cookie } });
      expect(await me.json()).toMatchObject(place);
    }
  });

  it('has a hidden test set of the official composition', async () => {
    const { competitions } = await getJson(`${standalone.address}/api/competitions`);
    expect(competitions).toHaveLength(1);
    const test = competitions[0].phases.find((phase: { phase: string }) => phase.phase === 'test');
    expect(test).toMatchObject({ visibility: 'hidden', studies: 207, images: 556 });
    const board = await readBoard(standalone, 'test');
    for (const entry of board.entries) {
      expect(entry.score.studies).toBe(207);
      for (const [type, studies] of Object.entries(officialStudies)) {
        expect(entry.score.byStudyType[type].studies, type).toBe(studies);
        // A hidden phase gives no counts away: from one submission to the next they would tell labels.
        expect(entry.score.byStudyType[type].counts).toBeNull();
      }
    }
  });

  it('ends with four scored demo entries and three readers, the best of them marked', async () => {
    const { entries } = await readBoard(standalone, 'test');
    const teams = entries.filter((entry: Entry) => entry.kind === 'team');
    const readers = entries.filter((entry: Entry) => entry.kind === 'reader');
    expect(teams).toHaveLength(4);
    expect(teams.map((entry: Entry) => entry.engine).sort()).toEqual(['onnx', 'onnx', 'tfjs', 'tfjs']);
    expect(readers).toHaveLength(3);
    const best = Math.max(...readers.map(kappaOf));
    expect(readers.filter((entry: Entry) => entry.bestReader).map(kappaOf)).toEqual([best]);
    const learned = teams.filter((entry: Entry) => kappaOf(entry) >= 0.5);
    expect(learned).toHaveLength(2);
    for (const entry of learned) expect(kappaOf(entry)).toBeLessThan(0.95);
    const [baseline = Number.NaN, weak = Number.NaN] = ['Team Baseline', 'Team Quick Start'].map((name) =>
      Math.max(...teams.filter(({ team }: Entry) => team === name).map(kappaOf)),
    );
    expect(baseline).toBeGreaterThan(weak + 0.1);
    expect(baseline).toBeLessThan(Math.max(...learned.map(kappaOf)));
  });

  it('adds a row to the board when the command submits a bundle', async () => {
    const rowsBefore = (await readBoard(standalone, 'practice')).entries.length;
    const { stdout } = await run(
      process.execPath,
      [holdout, 'submit', 'packages/baseline/demo/weak', '--competition', 'mura', '--phase', 'practice', '--wait'],
      { cwd: root, env: { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: token } },
    );
    expect(stdout).toMatch(/scored/i);
    expect((await readBoard(standalone, 'practice')).entries).toHaveLength(rowsBefore + 1);
  });

  it('lets an organiser take a submission out and bring it back, and remembers both', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const ours = async () =>
      (await readBoard(standalone, 'practice')).entries.filter((entry: Entry) => entry.kind === 'team');
    const [{ submissionId }] = await ours();
    const before = new Date().toISOString();
    await delay(20);
    await holdoutAs(organiser, ['admin', 'submission', 'disqualify', submissionId, '--reason', 'only a test']);
    expect(await ours()).toEqual([]);
    const status = await holdoutAs(token, ['status', submissionId]);
    expect(status.stdout).toContain('It does not count: an organiser has disqualified it: only a test.');
    const then = JSON.parse(
      (await holdoutAs(token, ['leaderboard', '--phase', 'practice', '--at', before, '--json'])).stdout,
    );
    expect(then.entries.some((entry: { submissionId: string }) => entry.submissionId === submissionId)).toBe(true);
    await expect(holdoutAs(token, ['admin', 'submission', 'restore', submissionId])).rejects.toMatchObject({ code: 1 });
    await holdoutAs(organiser, ['admin', 'submission', 'restore', submissionId]);
    expect(await ours()).toHaveLength(1);
    const log = await holdoutAs(organiser, ['admin', 'audit']);
    expect(log.stdout).toMatch(/submission\.restore.*\n.*submission\.disqualify.*only a test/);
  });

  it('gives a receipt that is checked without the server, and a score that comes out the same once more', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const readStanding = async () => {
      const { waiting, entries } = await readBoard(standalone, 'practice');
      return [waiting, ...entries.map((entry: Entry) => [entry.rank, entry.name, entry.submissionId, entry.score])];
    };
    const before = await readStanding();
    const { entries } = await readBoard(standalone, 'practice');
    const [{ submissionId }] = entries.filter((entry: Entry) => entry.kind === 'team');
    const [file, key] = [`${data.path}/receipt.json`, `${data.path}/key.json`];
    await holdoutAs(token, ['receipt', submissionId, '-o', file]);
    await writeFile(key, JSON.stringify(await getJson(`${standalone.address}/api/installation/key`)));
    const offline = { cwd: root, env: { ...process.env, HOLDOUT_SERVER: 'http://127.0.0.1:1' } };
    const verify = () => run(process.execPath, [holdout, 'verify', file, '--key', key, '--json'], offline);
    const { receipt, issuerProved } = JSON.parse((await verify()).stdout);
    expect(issuerProved).toBe(true);
    const { provenance, score } = JSON.parse((await holdoutAs(token, ['status', submissionId, '--json'])).stdout);
    expect(receipt).toMatchObject({ submissionId, provenance, score });
    expect(provenance.run).toMatchObject({ engine: 'onnx', engineDigest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"kappa": \{\s*"value": /, '$&1'));
    await expect(verify()).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('receipt_changed') });

    const reproduced = await holdoutAs(organiser, ['admin', 'evaluation', 'reproduce', submissionId]);
    expect(reproduced.stdout).toMatch(/images: the predictions are identical\./);
    expect(await readStanding()).toEqual(before);
    const log = await holdoutAs(organiser, ['admin', 'audit']);
    expect(log.stdout).toMatch(/evaluation\.reproduced.*identical: true.*\n.*evaluation\.reproduce /);
  });

  it('gives the official board’s kappas, order and dense ranks when its entries are replayed', {
    timeout: 600_000,
  }, async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const show = await holdoutAs(organiser, ['admin', 'test-set', 'show', '--phase', 'test', '--json']);
    const { studies } = JSON.parse(show.stdout);
    const official = JSON.parse(await readFile(`${root}packages/scoring/fixtures/official-board.json`, 'utf8')).entries;
    expect(official).toHaveLength(42);
    const file = `${data.path}/predictions.csv`;
    for (const [place, entry] of official.entries()) {
      await writeFile(file, replay(studies, entry.counts));
      const words = ['--team', `Official ${place}`, '--name', `entry ${place}`, '--submitted-at', entry.date];
      await holdoutAs(organiser, ['admin', 'predictions', 'import', file, ...words, '--phase', 'test']);
    }
    const replayed = async () =>
      (await readBoard(standalone, 'test')).entries.filter((entry: Entry) => entry.name.startsWith('entry '));
    await expect.poll(async () => (await replayed()).length, { timeout: 150_000 }).toBe(42);
    const board: Entry[] = await replayed();
    for (const entry of board) {
      const { publishedKappa } = official[Number(entry.name.slice(6))];
      expect(entry.score.overall.kappa.value).toBe(Number(publishedKappa.overall.toFixed(3)));
      for (const [type, { kappa }] of Object.entries(entry.score.byStudyType)) {
        expect(kappa.value, `${entry.name} ${type}`).toBe(Number(publishedKappa[type].toFixed(3)));
      }
    }
    const kappas = board.map((entry) => official[Number(entry.name.slice(6))].publishedKappa.overall);
    expect(kappas).toEqual([...kappas].sort((a, b) => b - a));
    // What the official board could not say: who can't be told from the first.
    const placed = async () => (await replayed()).every((entry: Entry) => entry.rankInterval !== null);
    await expect.poll(placed, { timeout: 150_000 }).toBe(true);
    const told = (await replayed()).map((entry: Entry) => entry.toldApartFromFirst);
    expect(told[0]).toBe(false);
    expect(told.at(-1)).toBe(true);
    expect(told.filter((apart: boolean) => !apart).length).toBeGreaterThan(5);
    const shown = await holdoutAs(token, ['leaderboard', '--phase', 'test']);
    expect(shown.stdout).toMatch(/\d+ entries can’t be told from the first \(=1\)/);
    // Dense, counted from the first of them: the demo's own entries stand among them.
    const ranks = board.map((entry) => entry.rank ?? 0);
    for (const [place, kappa] of kappas.entries()) {
      if (place > 0) expect(ranks[place] === ranks[place - 1]).toBe(kappa === kappas[place - 1]);
    }
  });

  it('scores every entry anew when a label is corrected, and keeps the old board', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const admin = (argv: string[]) => holdoutAs(organiser, ['admin', 'test-set', ...argv, '--phase', 'test']);
    const before = await readBoard(standalone, 'test');
    const edits = `${data.path}/edits.csv`;
    await writeFile(edits, 'study,reader,label\nXR_WRIST/nobody/study1,,withdraw\n');
    await expect(admin(['edit', edits, '--note', 'x'])).rejects.toMatchObject({
      stderr: expect.stringContaining('nobody'),
    });

    const { studies } = JSON.parse((await admin(['show', '--json'])).stdout);
    expect(studies).toHaveLength(207);
    const [{ study }] = studies;
    await writeFile(edits, `study,reader,label\n${study},,withdraw\n`);
    const edited = await admin(['edit', edits, '--note', 'a blurred picture']);
    expect(edited.stdout).toContain(`- ${study}`);
    expect(edited.stdout).toMatch(/[3-9] evaluations are scored anew/);
    const switched = async () => (await readBoard(standalone, 'test')).testSetVersion !== before.testSetVersion;
    await expect.poll(switched, { timeout: 150_000 }).toBe(true);
    const after = await readBoard(standalone, 'test');
    expect(after.entries.map((entry: Entry) => entry.score.studies)).toEqual(before.entries.map(() => 206));
    const old = await holdoutAs(token, [
      'leaderboard',
      '--phase',
      'test',
      '--test-set-version',
      before.testSetVersion,
      '--json',
    ]);
    expect(JSON.parse(old.stdout).entries).toEqual(before.entries);
    const diff = await admin(['diff', before.testSetVersion.slice(0, 10), after.testSetVersion.slice(0, 10), '--json']);
    expect(JSON.parse(diff.stdout)).toMatchObject({ withdrawn: [study], relabelled: [], imagesChanged: [] });
  });

  it('scores and ranks on a test set in MURA’s layout that an organiser brings in, with what three readers said', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const importSet = (argv: string[]) =>
      holdoutAs(organiser, ['admin', 'test-set', 'import', ...argv, '--phase', 'practice', '--note', 'the real one']);
    const before = await readBoard(standalone, 'practice');
    const folder = `${data.path}/MURA-v1.1`;
    await writeMuraFolder(folder);
    await writeFile(`${folder}/test/XR_HAND/patient30001/study1/image2.png`, 'cut off');
    await expect(importSet([folder])).rejects.toMatchObject({
      stderr: expect.stringContaining('XR_HAND/patient30001/study1/image2.png: The image can’t be decoded'),
    });
    await rm(`${folder}/test/XR_HAND/patient30001/study1/image2.png`);
    await writeFile(`${folder}/test/.DS_Store`, '');

    const imported = await importSet([folder]);
    expect(imported.stdout).toMatch(/12 studies with 12 images were read/);
    expect(imported.stdout).toMatch(/the majority of Reader 1, Reader 2, Reader 3/);
    expect(imported.stdout).toMatch(/1 file was passed over: test\/\.DS_Store/);
    const switched = async () => (await readBoard(standalone, 'practice')).testSetVersion !== before.testSetVersion;
    await expect.poll(switched, { timeout: 150_000 }).toBe(true);
    const { entries } = await readBoard(standalone, 'practice');
    const teams = entries.filter((entry: Entry) => entry.kind === 'team');
    expect(teams.map(({ rank, score }: Entry) => [rank, score.studies])).toEqual([[1, 12]]);
  });

  it('changes the competition by its file, and says before what will change', async () => {
    const organiser = /organiser\s+(holdout_\S+)/.exec(standalone.output())?.[1] ?? '';
    const admin = (argv: string[]) => holdoutAs(organiser, ['admin', 'competition', ...argv]);
    const demo = await readFile(`${root}apps/standalone/demo/mura.yaml`, 'utf8');
    const file = `${data.path}/mura.yaml`;
    // An import has made another gold standard in the practice phase, which is the file’s to leave alone.
    await writeFile(file, demo);
    expect((await admin(['apply', file])).stdout).toContain('Nothing changes: mura is as the file says.');

    await writeFile(file, demo.replace('scores: exact', 'scores: rarely').replace('counted: best', 'counted: worst'));
    await expect(admin(['apply', file])).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /mura\.yaml, line \d+: phases\.0\.counted[\s\S]*line \d+: phases\.0\.release\.scores/,
      ),
    });
    await writeFile(file, demo.replace('decimals: 3', 'decimals: 3, board: frozen').replace('total: 20', 'total: 30'));
    const planned = await admin(['apply', file, '--dry-run']);
    expect(planned.stdout).toMatch(/phases\.test\.quotas\.total: 20 → 30[\s\S]*release\.board: "live" → "frozen"/);
    expect((await readBoard(standalone, 'test')).visibility.state).toBe('live');
    const before = await readPlacedBoard();
    await admin(['apply', file]);
    const frozen = await readBoard(standalone, 'test');
    expect(frozen.visibility.state).toBe('frozen');
    expect(frozen.entries.map(({ name }: Entry) => name)).toEqual(before.entries.map(({ name }: Entry) => name));
    await writeFile(file, demo);
    await admin(['apply', file, '--yes']);
    expect((await readPlacedBoard()).entries).toEqual(before.entries);
    const shown = await admin(['show']);
    expect(shown.stdout).toMatch(/^competition: mura\n/);
  });

  it('starts a worker again that was killed, and says so', async () => {
    await kill(['-P', String(standalone.process.pid), '-f', 'evaluate.js']);
    await standalone.printed(/evaluating worker ended .*SIGKILL.* started again/, 60);
    const { stdout: after } = await submit('weak', 'practice');
    expect(JSON.parse(after).state).toBe('scored');
  });

  it('runs a program by the official contract, on every study, and tells its team nothing of the hidden ones', async () => {
    const bundle = join(data.path, '..', `${basename(data.path)}-program`);
    await mkdir(join(bundle, 'src'), { recursive: true });
    const program = `
import os, sys
paths = [line.strip() for line in open(sys.argv[1])]
assert all(path.startswith('MURA-v1.1/test/XR_') and os.path.getsize(path) > 0 for path in paths)
studies = list(dict.fromkeys(os.path.dirname(path) for path in paths))
print('sees', len(studies), 'studies', paths[0])
open(sys.argv[2], 'w').writelines('%s/,%.1f\\n' % (study, number % 2) for number, study in enumerate(studies))`;
    await writeFile(join(bundle, 'src', 'predict.py'), program);
    const argv = [
      'submit',
      bundle,
      '--competition',
      'mura',
      '--phase',
      'test',
      '--name',
      'By turns',
      '--wait',
      '--json',
    ];
    const submission = JSON.parse((await holdoutAs(token, argv)).stdout);
    expect(submission).toMatchObject({ state: 'scored', engine: 'command', name: 'By turns' });
    expect(submission.score.overall.auroc.value).toBeNull();
    const { organiser } = JSON.parse(await readFile(join(data.path, 'demo-accounts.json'), 'utf8'));
    const log = await holdoutAs(organiser, ['admin', 'evaluation', 'log', submission.id, '--json']);
    expect(JSON.parse(log.stdout).logs[0].log).toMatch(
      /^sees 1 studies MURA-v1\.1.*\n— One study was run; now all of them\. —\nsees (?!1 )\d+ studies MURA-v1\.1/,
    );
    const refused = await holdoutAs(token, ['admin', 'evaluation', 'log', submission.id, '--json']).catch(
      (error: { stdout: string }) => error,
    );
    expect(JSON.parse(refused.stdout).error.code).toBe('not_allowed');

    await writeFile(join(bundle, 'src', 'predict.py'), program.replace('number % 2', '1'));
    const stopped = await holdoutAs(token, [...argv.slice(0, -1), '--stop-on-warning']).catch(
      (error: { stdout: string }) => error,
    );
    expect(stopped.stdout).toMatch(/ {2}Warning: Every sample study is called abnormal\. Is the threshold right\?/);
    expect(stopped.stdout).toMatch(/asked to be stopped then\. Every sample .* \[check_warned\]/);
    expect(stopped.stdout).not.toContain('running');
    await rm(bundle, { recursive: true });
  });

  it('brings a submission to its score though Postgres, the worker and the model’s process are killed', async () => {
    const authorization = `Bearer ${token}`;
    const readLatest = async () => {
      const address = `${standalone.address}/api/submissions?mine=true&phase=test`;
      const { submissions } = await (await fetch(address, { headers: { authorization } })).json();
      return submissions[0] as { id: string; state: string; progress: { imagesDone: number } | null } | undefined;
    };
    const before = (await readLatest())?.id;
    const submitting = submit('tfjs', 'test');
    const isComputing = async () => {
      const { id, state = '', progress } = (await readLatest()) ?? {};
      return id !== before && /^(checking|running)$/.test(state) && (progress?.imagesDone ?? 0) > 0;
    };
    await expect.poll(isComputing, { timeout: 60_000, interval: 20 }).toBe(true);
    // One at a time, as this phase demands, is one at a time; said before a byte of the bundle is looked at.
    const second = await fetch(`${standalone.address}/api/competitions/mura/phases/test/submissions`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/octet-stream' },
      body: 'a bundle',
    });
    expect(await second.json()).toMatchObject({ code: 'quota_exceeded' });
    const killed = await killBeneath(standalone.process.pid ?? -1, 'child/main.js');
    // The next attempt has begun.
    const isBegunAnew = async () => {
      const found = await findBeneath(standalone.process.pid ?? -1, 'child/main.js');
      return found.some((pid) => !killed.includes(pid));
    };
    await expect.poll(isBegunAnew, { timeout: 60_000, interval: 20 }).toBe(true);
    await kill(['-P', String(standalone.process.pid), '-f', 'evaluate.js']);
    process.kill(
      Number((await readFile(`${data.path}/postgres/data/postmaster.pid`, 'utf8')).split('\n')[0]),
      'SIGKILL',
    );
    await standalone.printed(/Postgres ended and is started again/, 60);
    const submission = JSON.parse((await submitting).stdout);
    expect(submission.state).toBe('scored');
    expect(submission.score.overall.kappa.value).toBeGreaterThan(0.5);
    // Nothing of it is left, but the empty folders of the process that waits for the next bundle.
    const left = await readdir(`${data.path}/scratch`, { recursive: true });
    expect(left.filter((path) => !/^evaluation-[^/]+(\/bundle|\/images)?$/.test(path))).toEqual([]);
    expect(left.filter((path) => !path.includes('/')).length).toBeLessThanOrEqual(1);
  });

  it('says in a sentence that the port is in use, and that the data directory is', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = server.address();
    const busyPort = typeof address === 'object' && address ? address.port : 0;
    const other = await makeDataDirectory();
    const refused = await startAndFail(['--port', String(busyPort), '--data', other.path]);
    expect(refused).toMatch(`Port ${busyPort} is in use`);
    expect(refused).toMatch(` --data ${other.path}`);
    server.close();
    await other.remove();
    const freePort = await findFreePort();
    expect(await startAndFail(['--port', String(freePort), '--data', data.path])).toMatch('is using');
  });

  it('Ctrl-C ends every process; a second start finds the data and repeats nothing', async () => {
    const before = await readPlacedBoard();
    expect(await standalone.interrupt()).toBe(0);
    await expect(fetch(`${standalone.address}/api/health`)).rejects.toThrow();
    // What has been ended is there until its parent has heard of it.
    const count = async () => {
      const { stdout } = await run('pgrep', ['-fc', data.path]).catch((error: { stdout: string }) => error);
      return stdout.trim();
    };
    await expect.poll(count).toBe('0');

    standalone = await startStandalone({ dataDirectory: data.path, port: standalone.port });
    await standalone.printed(/Ctrl-C/, 120);
    expect(standalone.output()).not.toMatch(/Drawing|submitted/);
    expect(readToken(standalone.output())).toBe(token);
    expect(await readBoard(standalone, 'test')).toEqual(before);
  });

  it.each([
    ['Redis', startRedis],
    ['a Redis Cluster', startRedisCluster],
  ])('takes %s for the queue where REDIS_URL names one', async (_, start) => {
    await standalone.interrupt();
    const redis = await start();
    try {
      const environment = { REDIS_URL: redis.url };
      standalone = await startStandalone({ dataDirectory: data.path, port: standalone.port, environment });
      await standalone.printed(/Ctrl-C/, 120);
      const { stdout } = await submit('weak', 'practice');
      expect(JSON.parse(stdout).state).toBe('scored');
      expect(await redis.countKeys('{holdout}:*')).toBeGreaterThan(0);
    } finally {
      await standalone.interrupt();
      await redis.stop();
    }
  });

  /** The hidden phase's, once it is worked out how sure its places are, which comes after the scores. */
  async function readPlacedBoard() {
    const isPlaced = ({ kind, rankInterval }: Entry) => kind !== 'team' || rankInterval !== null;
    const read = () => readBoard(standalone, 'test');
    await expect.poll(async () => (await read()).entries.every(isPlaced), { timeout: 150_000 }).toBe(true);
    return await read();
  }

  function submit(bundle: string, phase: string) {
    const argv = ['submit', `packages/baseline/demo/${bundle}`, '--competition', 'mura', '--phase', phase];
    return holdoutAs(token, [...argv, '--wait', '--json']);
  }

  function holdoutAs(whose: string, argv: string[]) {
    const environment = { ...process.env, HOLDOUT_SERVER: standalone.address, HOLDOUT_TOKEN: whose };
    return run(process.execPath, [holdout, ...argv], { cwd: root, env: environment });
  }
});

interface Entry {
  rank: number | null;
  rankInterval: { lower: number; upper: number } | null;
  toldApartFromFirst: boolean | null;
  team: string | null;
  name: string;
  submissionId: string | null;
  kind: 'team' | 'reader' | 'baseline';
  engine: string | null;
  bestReader: boolean;
  score: {
    studies: number;
    overall: { kappa: { value: number } };
    byStudyType: Record<string, { studies: number; counts: unknown; kappa: { value: number } }>;
  };
}

interface Study {
  study: string;
  studyType: string;
  goldLabel: 0 | 1;
}

/** Predictions of these counts: the first studies of each type and label are called abnormal, as many as there must be. */
function replay(studies: Study[], counts: Record<string, { truePositive: number; falsePositive: number }>): string {
  const left = structuredClone(counts);
  const lines = studies.map(({ study, studyType, goldLabel }) => {
    const ofType = left[studyType];
    const which = goldLabel === 1 ? 'truePositive' : 'falsePositive';
    const isCalled = ofType !== undefined && ofType[which] > 0;
    if (isCalled) ofType[which] -= 1;
    return `${study},${isCalled ? 1 : 0}`;
  });
  return `${lines.join('\n')}\n`;
}

/** Twelve studies with one view each, in folders without a label, and a table of what three readers said. */
async function writeMuraFolder(folder: string): Promise<void> {
  const rows: string[] = [];
  for (let study = 0; study < 12; study++) {
    const path = `test/XR_${study % 2 === 0 ? 'WRIST' : 'HAND'}/patient3${String(study).padStart(4, '0')}/study1`;
    await mkdir(`${folder}/${path}`, { recursive: true });
    const noise = { type: 'gaussian' as const, mean: 60 + 8 * study, sigma: 20 };
    const create = { width: 200 + study, height: 240, channels: 3 as const, background: 'black', noise };
    await sharp({ create }).greyscale().png().toFile(`${folder}/${path}/image1.png`);
    rows.push(`MURA-v1.1/${path}/,${study % 3 === 0 ? '1.0,1.0,0.0' : '0.0,1.0,0.0'}`);
  }
  await writeFile(`${folder}/test_labeled_studies.csv`, `${rows.join('\n')}\n`);
}

function kappaOf(entry: Entry): number {
  return entry.score.overall.kappa.value;
}

function readToken(output: string): string {
  const token = output.match(/HOLDOUT_TOKEN=(\S+)/)?.[1];
  if (!token) throw new Error(`No token in what npm start printed:\n${output}`);
  return token;
}

// biome-ignore lint/suspicious/noExplicitAny: what a user's script would see of the JSON, without our types
async function getJson(address: string): Promise<any> {
  const response = await fetch(address);
  expect(response.status).toBe(200);
  return await response.json();
}

function readBoard(standalone: Standalone, phase: string) {
  return getJson(`${standalone.address}/api/competitions/mura/phases/${phase}/leaderboard`);
}

/** Kills the processes that pgrep finds: at least one. */
async function kill(pgrep: string[]): Promise<void> {
  const { stdout } = await run('pgrep', pgrep);
  killAll(stdout.trim().split('\n').map(Number));
}

/** @returns the ids of those that it killed, at least one */
async function killBeneath(ancestor: number, program: string): Promise<number[]> {
  const found = await findBeneath(ancestor, program);
  expect(killAll(found)).toBeGreaterThan(0);
  return found;
}

/** @returns how many there were; a sandbox takes what is in it along */
function killAll(pids: readonly number[]): number {
  const killed = pids.filter((pid) => {
    try {
      return process.kill(pid, 'SIGKILL');
    } catch {
      return false;
    }
  });
  return killed.length;
}

/** What one process has started, however far beneath, and runs this program; other tests run it as well. */
async function findBeneath(ancestor: number, program: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args=']);
  const processes = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, words = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), words }];
  });
  const parentOf = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isBeneath = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === ancestor || isBeneath(parentOf.get(pid)));
  return processes.filter(({ pid, words }) => words.includes(program) && isBeneath(pid)).map(({ pid }) => pid);
}

async function startAndFail(argv: string[]): Promise<string> {
  const child = spawn(process.execPath, ['apps/standalone/bin/start.mjs', ...argv], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((done) => child.once('close', done));
  expect(code).toBe(1);
  return output;
}
