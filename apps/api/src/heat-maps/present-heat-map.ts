import { errorCatalogue, type HeatMapAnswer, type HeatMapStatus } from '@holdout/contracts';
import { type Database, type HeatMapRecord, listHeatMaps, readHeatMap } from '@holdout/db';
import type { HeatMapSource } from './find-heat-map-source.js';

/** How far a heat map is. The details of our own faults are for our log. */
export function presentStatus(record: HeatMapRecord | undefined): HeatMapStatus {
  if (!record) return { state: 'none', reason: null };
  const { state, reason } = record;
  if (!reason) return { state, reason: null };
  const { title, next, fault } = errorCatalogue[reason.code];
  const detail = fault === 'server' ? null : reason.detail || null;
  return { state, reason: { code: reason.code, message: detail ? `${title} ${detail}` : title, detail, next } };
}

/** A heat map, where it is made. */
export async function presentHeatMap(database: Database, source: HeatMapSource, image: string): Promise<HeatMapAnswer> {
  const [record] = await listHeatMaps(database, { ...source, images: [image] });
  const map = record?.state === 'made' ? await readHeatMap(database, { ...source, image }) : null;
  return { ...presentStatus(record), map };
}
