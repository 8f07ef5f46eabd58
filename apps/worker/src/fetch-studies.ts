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

/**
 * Lays the images of a test-set version out as files under `folder/name`, in the layout that bundles see.
 * No label is read: this process could not.
 */
export async function fetchStudies(
  database: Database,
  storage: Storage,
  versionId: string,
  folder: string,
  name: string,
): Promise<FetchedStudies> {
  const studies = await listStudiesOfVersion(database, versionId);
  const images: RunImage[] = [];
  for (const study of studies) {
    for (const image of study.images) {
      const path = join(folder, name, study.study, image.fileName);
      if (image === study.images[0]) await mkdir(dirname(path), { recursive: true });
      await storage.materialise(image.digest, path);
      images.push({ path });
    }
  }
  const counts = studies.map(({ study, images: { length } }) => ({ study, imageCount: length }));
  return { images, counts };
}
