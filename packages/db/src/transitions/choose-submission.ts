import { HoldoutError, makeSentence, type Sentence } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { lockTeamOf } from '../tables/quotas.js';
import { countEntry } from './count-entry.js';
import { notifyChange } from './notify-change.js';

interface Choice {
  submissionId: string;
  chosen: boolean;
}

/**
 * Lets a team choose one of its submissions to count, or take that back, in a phase that lets it choose. What it chose
 * before stays in the history.
 *
 * @throws HoldoutError `choice_refused` where the phase does not let it, is final, or the team has chosen all it may
 */
export async function chooseSubmission(db: Queryable, { submissionId, chosen }: Choice): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const place = await readPlace(trx, submissionId);
    const { phaseId } = place;
    const teamId = await lockTeamOf(trx, submissionId);
    if (place.chosenAtMost === null) throw refuse(makeSentence('choice_not_offered', {}));
    if (place.isFinal) throw refuse(makeSentence('choice_final', {}));
    const chosenNow = await listChosen(trx, { teamId, phaseId });
    if (chosenNow.includes(submissionId) === chosen) return;
    if (chosen && chosenNow.length >= place.chosenAtMost) {
      throw refuse(makeSentence('choice_taken', { chosen: chosenNow.join(', '), limit: place.chosenAtMost }));
    }
    await trx.insertInto('submissionChoices').values({ submissionId, chosen }).execute();
    for (const testSetVersionId of [place.testSetVersionId, place.nextTestSetVersionId]) {
      if (testSetVersionId !== null) await countEntry(trx, { phaseId, testSetVersionId, teamId });
    }
    const evaluations = trx.selectFrom('evaluations').select('id').where('submissionId', '=', submissionId);
    for (const { id } of await evaluations.execute()) await notifyChange(trx, id);
  });
}

function readPlace(trx: Queryable, submissionId: string) {
  return trx
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select([
      'submissions.phaseId',
      'phases.chosenAtMost',
      'phases.testSetVersionId',
      'phases.nextTestSetVersionId',
      sql<boolean>`coalesce(phases.final_at <= now(), false)`.as('isFinal'),
    ])
    .where('submissions.id', '=', submissionId)
    .executeTakeFirstOrThrow();
}

async function listChosen(trx: Queryable, { teamId, phaseId }: { teamId: string; phaseId: string }): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT submissions.id FROM submissions
    CROSS JOIN LATERAL (
      SELECT chosen FROM submission_choices
      WHERE submission_choices.submission_id = submissions.id ORDER BY submission_choices.id DESC LIMIT 1
    ) choice
    WHERE submissions.team_id = ${teamId} AND submissions.phase_id = ${phaseId} AND choice.chosen
    ORDER BY submissions.submitted_at`.execute(trx);
  return rows.map(({ id }) => id);
}

function refuse(sentence: Sentence): HoldoutError {
  return new HoldoutError('choice_refused', { sentences: [sentence] });
}
