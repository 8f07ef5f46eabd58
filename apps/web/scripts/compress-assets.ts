import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(js|css|svg)$/;
/** Shorter than a packet, nothing is won by compressing it. */
const smallestCompressedBytes = 1400;

/** Writes each asset compressed beside itself, once and as small as it gets: the server sends those as they are. */
export function compressAssets(): Plugin {
  let directory = '';
  return {
    name: 'compress-assets',
    apply: 'build',
    configResolved: ({ root, build }) => {
      directory = join(root, build.outDir, build.assetsDir);
    },
    closeBundle() {
      for (const name of readdirSync(directory).filter((each) => compressible.test(each))) {
        const file = join(directory, name);
        const contents = readFileSync(file);
        if (contents.length < smallestCompressedBytes) continue;
        writeFileSync(`${file}.gz`, gzipSync(contents, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(contents));
      }
    },
  };
}
