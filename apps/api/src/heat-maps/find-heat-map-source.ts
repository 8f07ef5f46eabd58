import { chooseHeatMapMethod, type HeatMapMethod, HoldoutError, makeSentence } from '@holdout/contracts';
import { type Database, findHeatMapSource as readSource, type SubmissionRecord } from '@holdout/db';

/** By what the heat maps of a submission are found: a bundle, and how maps of it are made. */
export interface HeatMapSource {
  readonly bundle: string;
  readonly method: HeatMapMethod;
}

/**
 * What heat maps of a submission are made of. Only what was scored has shown that it keeps to its limits.
 *
 * @throws HoldoutError `heat_map_unavailable` where there is no model, `heat_map_too_early`
 */
export async function findHeatMapSource(
  database: Database,
  { id, state }: Pick<SubmissionRecord, 'id' | 'state'>,
): Promise<HeatMapSource> {
  const source = await readSource(database, id);
  if (!source) {
    throw new HoldoutError('heat_map_unavailable', { sentences: [makeSentence('heat_map_of_predictions', {})] });
  }
  if (source.manifest.engine === 'command') {
    throw new HoldoutError('heat_map_unavailable', { sentences: [makeSentence('heat_map_of_program', {})] });
  }
  if (state !== 'scored') throw new HoldoutError('heat_map_too_early');
  return { bundle: source.bundle, method: chooseHeatMapMethod(source.manifest) };
}
