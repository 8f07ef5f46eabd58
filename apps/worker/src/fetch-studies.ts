import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, listStudiesOfVersion } from '@holdout/db';
import type { RunImage } from '@holdout/runner';
import type { Storage } from '@holdout/storage';

export interface FetchedStudies {
  /** All images, study by study, in the order of the version. */
  images: RunImage[];
  counts: { study: string; imageCount: number }[];
}

const copiesAtOnce = 16;

/**
 * Finds the images of a test-set version as files: in place where the storage is on this machine's disk, else copied
 * to `folder` under the names that bundles see. No label is read: this process could not.
 */
export async function fetchStudies(
  database: Database,
  storage: Storage,
  versionId: string,
  folder: string,
): Promise<FetchedStudies> {
  const studies = await listStudiesOfVersion(database, versionId);
  const wanted = studies.flatMap(({ study, images }) =>
    images.map(({ digest, fileName }) => ({ digest, path: join(folder, study, fileName) })),
  );
  const images: RunImage[] = [];
  for (let start = 0; start < wanted.length; start += copiesAtOnce) {
    const part = wanted.slice(start, start + copiesAtOnce);
    images.push(...(await Promise.all(part.map((image) => fetchImage(storage, image)))));
  }
  const counts = studies.map(({ study, images: { length } }) => ({ study, imageCount: length }));
  return { images, counts };
}

async function fetchImage(storage: Storage, { digest, path }: { digest: string; path: string }): Promise<RunImage> {
  const inPlace = await storage.path?.(digest);
  if (inPlace) return { path: inPlace };
  await mkdir(dirname(path), { recursive: true });
  await storage.materialise(digest, path);
  return { path };
}
