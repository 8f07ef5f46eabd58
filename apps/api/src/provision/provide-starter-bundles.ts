import { checkBundle, openArchive, openBlobSource, packBundle } from '@holdout/bundle';
import { listStarterBundles } from '@holdout/db';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { keepStarterBundle, starterBundleLimits } from '../starter-kit/keep-starter-bundle.js';
import type { Provisioning } from './open-provisioning.js';

interface ProvideStarterBundles {
  readonly competition: string;
  readonly actor: string;
  readonly archives: readonly Uint8Array[];
}

/**
 * Gives a competition sample bundles where it has none at all; those of its organisers stay.
 *
 * @throws HoldoutError `competition_not_found`, or with every problem of an archive
 */
export async function provideStarterBundles(
  provisioning: Pick<Provisioning, 'database' | 'storage'>,
  { competition, actor, archives }: ProvideStarterBundles,
): Promise<void> {
  const { id: competitionId } = await findCompetitionOrThrow(provisioning.database, competition);
  if ((await listStarterBundles(provisioning.database, competitionId)).length > 0) return;
  for (const bytes of archives) {
    const archive = await openArchive(openBlobSource(new Blob([Buffer.from(bytes)])));
    // The installation's own, before anyone is answered.
    const { manifest, files } = await checkBundle(archive, starterBundleLimits);
    const packed = packBundle(files);
    await keepStarterBundle(provisioning, { competitionId, actor, manifest, files: files.files, packed });
  }
}
