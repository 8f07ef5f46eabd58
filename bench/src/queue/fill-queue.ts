import { createHash } from 'node:crypto';
import { type Database, insertCompetition, insertPhase, insertTestSetVersion } from '@holdout/db';
import { sql } from 'kysely';
import { manifest } from '../leaderboard/fill-database.js';

export interface FilledQueue {
  readonly teams: number;
  readonly perTeam: number;
}

/** A phase with so many teams, each with so many submissions that wait; written past the triggers, with their turns. */
export async function fillQueue(database: Database, { teams, perTeam }: FilledQueue): Promise<void> {
  const digest = createHash('sha256').update('queue').digest('hex');
  const study = { study: 'XR_HAND/patient1/study1', studyType: 'hand', patient: 'patient1', goldLabel: 0 as const };
  const image = { fileName: 'image1.png', digest, sizeBytes: 1000, width: 320, height: 320 };
  const studies = [{ ...study, images: [image] }];
  const versionId = await insertTestSetVersion(database, { testSet: 'queue', digest, studies });
  const competitionId = await insertCompetition(database, { slug: 'queue', title: 'Queue', description: '' });
  const phaseId = await insertPhase(database, {
    ...{ competitionId, slug: 'test', title: 'Test', description: '', position: 0, visibility: 'hidden' },
    ...{ testSetVersionId: versionId, sampleVersionId: versionId },
    ...{ bundleSizeBytes: 1e9, timeLimitSeconds: 600, memoryLimitBytes: 4e9 },
  });
  await database.transaction().execute(async (trx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(trx);
    await sql`INSERT INTO teams (name) SELECT 'Team ' || n FROM generate_series(1, ${teams}::integer) n`.execute(trx);
    await sql`
      INSERT INTO submissions (phase_id, team_id, name, engine, manifest, bundle_digest, bundle_size_bytes)
      SELECT ${phaseId}, teams.id, 'model ' || n, 'onnx', ${JSON.stringify(manifest)}::jsonb, ${digest}, 50000000
      FROM teams CROSS JOIN generate_series(1, ${perTeam}::integer) n`.execute(trx);
    await sql`
      INSERT INTO evaluations (submission_id, test_set_version_id, turn, queue_line)
      SELECT id, ${versionId}, row_number() OVER (PARTITION BY team_id ORDER BY id), team_id FROM submissions`.execute(
      trx,
    );
    await sql`INSERT INTO queue_turns SELECT id, 'cpu', 0, ${perTeam}::bigint FROM teams`.execute(trx);
  });
  await sql`VACUUM ANALYZE`.execute(database);
}
