import { HoldoutError } from '@holdout/contracts';
import { type Database, type ImageRecord, listSampleLabels, listStudiesOfVersion, type StudyRecord } from '@holdout/db';

/** The studies of a phase's sample that are public: none of a version that any hidden phase scores. */
export async function listPublicSample(
  database: Database,
  { sampleVersionId }: { readonly sampleVersionId: string },
): Promise<StudyRecord[]> {
  const open = new Set((await listSampleLabels(database, sampleVersionId)).map(({ study }) => study));
  if (open.size === 0) return [];
  return (await listStudiesOfVersion(database, sampleVersionId)).filter(({ study }) => open.has(study));
}

/**
 * An image of the public sample.
 *
 * @param view - counts a study's images from 1
 * @throws HoldoutError `image_not_found`
 */
export async function findSampleImage(
  database: Database,
  phase: { readonly sampleVersionId: string },
  { study, view }: { study: string; view: number },
): Promise<ImageRecord> {
  const image = (await listPublicSample(database, phase)).find((each) => each.study === study)?.images[view - 1];
  if (image) return image;
  // Not what was asked for: the name of a hidden study is nothing to be said back.
  throw new HoldoutError('image_not_found');
}
