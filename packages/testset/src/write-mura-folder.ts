import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Label } from './gold-standard.js';
import type { SyntheticStudy } from './synthetic/generate-studies.js';

interface WriteOptions {
  /** The folder that gets `MURA-v1.1/` and the two CSV files. */
  readonly directory: string;
  /** `train`, `valid` or `test`: the name of the folder below `MURA-v1.1` and the first word of the files' names. */
  readonly split: string;
  readonly studies: AsyncIterable<SyntheticStudy>;
  /** The label of a study; where it is left out, the folders carry no suffix and no label file is written. */
  readonly labelOf?: (study: SyntheticStudy) => Label;
}

/**
 * Writes studies in MURA's layout: `MURA-v1.1/train/XR_WRIST/patient00001/study1_positive/image1.png`, a file
 * `train_image_paths.csv` with a path a line, and `train_labeled_studies.csv` with `<study path>/,label`.
 *
 * @returns the number of studies and images written
 */
export async function writeMuraFolder({ directory, split, studies, labelOf }: WriteOptions) {
  const imagePaths: string[] = [];
  const labelLines: string[] = [];
  let count = 0;
  for await (const study of studies) {
    const label = labelOf?.(study);
    const suffix = label === undefined ? '' : label === 1 ? '_positive' : '_negative';
    const path = `MURA-v1.1/${split}/${study.study}${suffix}`;
    await mkdir(join(directory, path), { recursive: true });
    for (const { fileName, png } of study.images) {
      await writeFile(join(directory, path, fileName), png);
      imagePaths.push(`${path}/${fileName}`);
    }
    if (label !== undefined) labelLines.push(`${path}/,${label}`);
    count += 1;
  }
  await writeLines(join(directory, `${split}_image_paths.csv`), imagePaths);
  if (labelOf) await writeLines(join(directory, `${split}_labeled_studies.csv`), labelLines);
  return { studies: count, images: imagePaths.length };
}

function writeLines(path: string, lines: readonly string[]): Promise<void> {
  return writeFile(path, lines.map((line) => `${line}\n`).join(''));
}
