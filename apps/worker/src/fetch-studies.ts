import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, listStudiesOfVersion, type StudyRecord } from '@holdout/db';
import type { RunStudy } from '@holdout/runner';
import type { Storage } from '@holdout/storage';

/**
 * Lists the studies of a test-set version. Their images come as files when they are asked for: in place where the storage
 * is on this machine's disk, else copied to `folder`. No label is read: this process could not.
 *
 * @returns the studies in the order of the version
 */
export async function fetchStudies(
  database: Database,
  storage: Storage,
  versionId: string,
  folder: string,
): Promise<RunStudy[]> {
  const studies = await listStudies(database, versionId);
  const paths = new Map<string, Promise<string>>();
  const find = (digest: string): Promise<string> => {
    const path = paths.get(digest) ?? fetchImage(storage, digest, join(folder, digest));
    paths.set(digest, path);
    // What failed is tried again by the next who asks.
    path.catch(() => paths.delete(digest));
    return path;
  };
  return studies.map(({ study, images }) => ({
    study,
    images: images.map(({ fileName, digest }) => ({ fileName, digest, path: () => find(digest) })),
  }));
}

/** The last few test sets that were asked for: a version never changes. */
const known = new Map<string, Promise<StudyRecord[]>>();
const knownAtMost = 4;

function listStudies(database: Database, versionId: string): Promise<StudyRecord[]> {
  const found = known.get(versionId) ?? listStudiesOfVersion(database, versionId);
  known.delete(versionId);
  known.set(versionId, found);
  const [oldest = ''] = known.keys();
  if (known.size > knownAtMost) known.delete(oldest);
  // What failed is tried again by the next who asks.
  found.catch(() => known.delete(versionId));
  return found;
}

/** Finds one image as a file: in place, or copied to `path`. */
export async function fetchImage(storage: Storage, digest: string, path: string): Promise<string> {
  const inPlace = await storage.path?.(digest);
  if (inPlace) return inPlace;
  await mkdir(dirname(path), { recursive: true });
  await storage.materialise(digest, path);
  return path;
}
