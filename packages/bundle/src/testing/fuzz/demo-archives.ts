import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { pack } from 'tar-stream';
import { openFolder } from '../../node/open-folder.js';
import { packBundle } from '../../pack-bundle.js';

/** The smaller demo bundles: a model of each engine with little weight, and a program. */
const demos = ['weak', 'command', 'tfjs'] as const;
const demoDirectory = fileURLToPath(new URL('../../../../baseline/demo/', import.meta.url));

/** Demo bundles as zips: as `holdout pack` writes them, stored, deflated, as Zip64, and with data descriptors. */
export async function readDemoZips(): Promise<{ name: string; bytes: Buffer }[]> {
  const zips: { name: string; bytes: Buffer }[] = [];
  for (const demo of demos) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of packBundle(await openFolder(join(demoDirectory, demo)))) chunks.push(chunk);
    zips.push({ name: `${demo}, packed`, bytes: Buffer.concat(chunks) });
  }
  const files = await readFiles('command');
  for (const [name, options] of [
    ['stored', { level: 0 }],
    ['deflated', { level: 6, dataDescriptor: false }],
    ['zip64', { level: 6, zip64: true }],
    ['data descriptors', { level: 6, dataDescriptor: true, dataDescriptorSignature: true }],
    ['encrypted', { level: 6, password: 'secret', zipCrypto: true }],
  ] as const) {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options });
    for (const { path, data } of files) await writer.add(path, new Uint8ArrayReader(data));
    zips.push({ name, bytes: Buffer.from(await writer.close()) });
  }
  return zips;
}

/** Demo bundles as tars that are not compressed yet: plain, with PAX headers, with a long name, wrapped in a folder. */
export async function buildDemoTars(): Promise<{ name: string; bytes: Buffer }[]> {
  const tars: { name: string; bytes: Buffer }[] = [];
  for (const demo of demos) tars.push({ name: demo, bytes: await buildTar(await readFiles(demo)) });
  const program = await readFiles('command');
  const long = `${'folder/'.repeat(20)}file.txt`;
  tars.push({ name: 'long name', bytes: await buildTar([...program, { path: long, data: Buffer.from('text') }]) });
  tars.push({ name: 'PAX headers', bytes: await buildTar(program, { comment: 'a comment', mtime: '1.5' }) });
  const wrapped = program.map(({ path, data }) => ({ path: `./wrapped/${path}`, data }));
  tars.push({ name: 'wrapped', bytes: await buildTar(wrapped) });
  return tars;
}

/** Quickly: what is tested is how it is read. */
export function compressTar(tar: Uint8Array): Buffer {
  return gzipSync(tar, { level: 1 });
}

async function readFiles(demo: string): Promise<{ path: string; data: Buffer }[]> {
  const directory = join(demoDirectory, demo);
  const names = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return await Promise.all(
    names.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path: path.slice(directory.length + 1), data: await readFile(path) };
    }),
  );
}

async function buildTar(files: { path: string; data: Buffer }[], pax?: Record<string, string>): Promise<Buffer> {
  const tar = pack();
  for (const { path, data } of files) tar.entry({ name: path, ...(pax ? { pax } : {}) }, data);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}
