import { type Database, listSampleLabels, listStudiesOfVersion, type StudyRecord } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import { type KitFile, textFile } from './kit-file.js';

interface ListedSample {
  readonly studies: number;
  readonly images: number;
  readonly files: readonly KitFile[];
}

/** A sample that is larger is nothing that one tries a bundle on. */
const mostBytes = 1024 ** 3;
const mostImages = 20_000;

/**
 * The public sample of a phase in MURA's layout, with the labels as its folders' suffixes and in a table; null where
 * it may not leave the server. The database says which labels are open, and pictures go out with their labels only: of a
 * version that a hidden phase scores, has scored or is about to score there are none.
 */
export async function listSample(
  database: Database,
  storage: Storage,
  versionId: string,
): Promise<ListedSample | null> {
  const open = await listSampleLabels(database, versionId);
  if (open.length === 0) return null;
  const labels = new Map(open.map(({ study, label }) => [study, label]));
  const studies = (await listStudiesOfVersion(database, versionId)).filter(({ study }) => labels.has(study));
  const images = studies.flatMap((study) => listImages(storage, study, folderOf(study.study, labels.get(study.study))));
  if (images.length > mostImages || images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > mostBytes) return null;
  const paths = images.map(({ path }) => `${path}\n`).join('');
  const table = studies.map(({ study }) => `${folderOf(study, labels.get(study))}/,${labels.get(study)}\n`).join('');
  const files = [textFile('valid_image_paths.csv', paths), textFile('valid_labeled_studies.csv', table), ...images];
  return {
    studies: studies.length,
    images: images.length,
    files: files.map((file) => ({ ...file, path: `sample/${file.path}` })),
  };
}

/** `MURA-v1.1/valid/XR_WRIST/patient00001/study1_positive`: where a reader of MURA looks for it. */
function folderOf(study: string, label: 0 | 1 | undefined): string {
  const path = study.startsWith('MURA-v1.1/') ? study : `MURA-v1.1/valid/${study}`;
  return `${path}_${label === 1 ? 'positive' : 'negative'}`;
}

function listImages(storage: Storage, { images }: StudyRecord, folder: string): KitFile[] {
  return images.map(({ fileName, digest, sizeBytes }) => ({
    path: `${folder}/${fileName}`,
    sizeBytes,
    identity: digest,
    read: () => readBlob(storage, digest),
  }));
}

async function* readBlob(storage: Storage, digest: string): AsyncGenerator<Uint8Array> {
  yield* await storage.open(digest);
}
