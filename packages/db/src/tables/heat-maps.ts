import type { ErrorCode, HeatMap, HeatMapMethod, HeatMapState, ResolvedManifest } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';

/** What became of a heat map that was asked for. */
export interface HeatMapRecord {
  /** The digest of the image. */
  image: string;
  state: HeatMapState;
  reason: { code: ErrorCode; detail: string | null } | null;
}

interface AskedMaps {
  /** The digest of the bundle. */
  bundle: string;
  method: HeatMapMethod;
}

/** Of some images what was asked for; those of which nothing was are not in it. */
export async function listHeatMaps(
  db: Queryable,
  { bundle, method, images }: AskedMaps & { images: readonly string[] },
): Promise<HeatMapRecord[]> {
  const rows = await db
    .selectFrom('heatMaps')
    .select(['image', 'state', 'reasonCode', 'reasonDetail'])
    .where('bundle', '=', bundle)
    .where('method', '=', method)
    .where('image', 'in', [...images, ''])
    .execute();
  return rows.map(({ image, state, reasonCode: code, reasonDetail: detail }) => ({
    image,
    state,
    reason: code === null ? null : { code, detail },
  }));
}

/** The map itself; null where there is none. */
export async function readHeatMap(
  db: Queryable,
  { bundle, method, image }: AskedMaps & { image: string },
): Promise<HeatMap | null> {
  const row = await db
    .selectFrom('heatMaps')
    .select('map')
    .where('bundle', '=', bundle)
    .where('method', '=', method)
    .where('image', '=', image)
    .executeTakeFirst();
  return row?.map ?? null;
}

/** Of what heat maps of a submission are made; null where it has no bundle. */
export async function findHeatMapSource(
  db: Queryable,
  submissionId: string,
): Promise<{ bundle: string; manifest: ResolvedManifest } | null> {
  const row = await db
    .selectFrom('submissions')
    .select(['bundleDigest', 'manifest'])
    .where('id', '=', submissionId)
    .executeTakeFirst();
  return row?.bundleDigest && row.manifest ? { bundle: row.bundleDigest, manifest: row.manifest } : null;
}
