import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** Of four studies that no other test set of the demo has. */
const labels = [0, 1, 2, 3].map((place) => `XR_HAND/patient9000${place}/study1,${place % 2}\n`).join('');

function drawPicture(grey: number): Promise<Buffer> {
  return sharp({ create: { width: 40, height: 50 + grey, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();
}

/** What is wrong with the four: a label that is none, one of no study, and a study that has none. */
export async function makeThreeFaults(): Promise<Record<string, string | Buffer>> {
  return {
    'MURA-v1.1/test_labels.csv': `${labels.replace('90003/study1,1', '90003/study1,2')}XR_HAND/patient90009/study1,1\n`,
    'MURA-v1.1/XR_HAND/patient90008/study1/image1.png': await drawPicture(99),
  };
}

/** Packs the four, and what is changed of them, as `tar` does; gives the archive's path. */
export async function packTestSet(
  folder: string,
  name: string,
  changes: Record<string, string | Buffer> = {},
): Promise<string> {
  const files: Record<string, string | Buffer> = { 'MURA-v1.1/test_labels.csv': labels };
  for (const place of [0, 1, 2, 3]) {
    files[`MURA-v1.1/XR_HAND/patient9000${place}/study1/image1.png`] = await drawPicture(10 + place);
  }
  for (const [path, content] of Object.entries({ ...files, ...changes })) {
    const file = join(folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  const archive = join(folder, `${name}.tar.gz`);
  await run('tar', ['-czf', archive, '-C', join(folder, name), 'MURA-v1.1']);
  return archive;
}
