import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStudies, muraStudyTypes, uniformComposition } from '@holdout/testset';

/** Draws so many synthetic radiographs, of all study types, and resolves to their files, each with its digest. */
export async function writeRadiographs(directory: string, count: number): Promise<{ path: string; digest: string }[]> {
  await mkdir(directory, { recursive: true });
  const images = Math.ceil(count / muraStudyTypes.length);
  const studies = Math.ceil(images / 3);
  const composition = uniformComposition({ studies, abnormal: Math.floor(studies / 2), images });
  const written: { path: string; digest: string }[] = [];
  for await (const study of generateStudies({ seed: 'bench', composition })) {
    for (const { png } of study.images.slice(0, count - written.length)) {
      const path = join(directory, `${written.length}.png`);
      await writeFile(path, png);
      written.push({ path, digest: createHash('sha256').update(png).digest('hex') });
    }
  }
  return written;
}
