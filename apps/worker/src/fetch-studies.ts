import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, listStudiesOfVersion } from '@holdout/db';
import type { RunStudy } from '@holdout/runner';
import type { Storage } from '@holdout/storage';

const copiesAtOnce = 16;

/**
 * Finds the images of a test-set version as files: in place where the storage is on this machine's disk, else copied
 * to `folder`. No label is read: this process could not.
 *
 * @returns the studies in the order of the version
 */
export async function fetchStudies(
  database: Database,
  storage: Storage,
  versionId: string,
  folder: string,
): Promise<RunStudy[]> {
  const studies = await listStudiesOfVersion(database, versionId);
  const paths = new Map<string, string>();
  const digests = [...new Set(studies.flatMap(({ images }) => images.map(({ digest }) => digest)))];
  for (let first = 0; first < digests.length; first += copiesAtOnce) {
    const some = digests.slice(first, first + copiesAtOnce);
    const found = await Promise.all(some.map((digest) => fetchImage(storage, digest, join(folder, digest))));
    for (const [place, digest] of some.entries()) paths.set(digest, found[place] ?? '');
  }
  return studies.map(({ study, images }) => ({
    study,
    images: images.map(({ fileName, digest }) => ({ fileName, path: paths.get(digest) ?? '' })),
  }));
}

/** Finds one image as a file: in place, or copied to `path`. */
export async function fetchImage(storage: Storage, digest: string, path: string): Promise<string> {
  const inPlace = await storage.path?.(digest);
  if (inPlace) return inPlace;
  await mkdir(dirname(path), { recursive: true });
  await storage.materialise(digest, path);
  return path;
}
