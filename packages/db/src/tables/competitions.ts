import type { Queryable } from '../open-database.js';
import { listPhases, type PhaseRecord } from './phases.js';

export interface CompetitionRecord {
  id: string;
  slug: string;
  title: string;
  description: string;
  rules: string;
  /** From 1; the next one when the words change. */
  rulesVersion: number;
  /** In their own order. */
  phases: PhaseRecord[];
}

/** @returns its id */
export async function insertCompetition(
  db: Queryable,
  competition: { slug: string; title: string; description: string; rules?: string },
): Promise<string> {
  const { id } = await db.insertInto('competitions').values(competition).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateCompetition(
  db: Queryable,
  id: string,
  words: { title: string; description: string; rules: string },
): Promise<void> {
  const { title, description, rules } = words;
  await db.updateTable('competitions').set({ title, description, rules }).where('id', '=', id).execute();
}

export async function findCompetition(db: Queryable, slug: string): Promise<CompetitionRecord | null> {
  const row = await db
    .selectFrom('competitions')
    .select(['id', 'slug', 'title', 'description', 'rules', 'rulesVersion'])
    .where('slug', '=', slug)
    .executeTakeFirst();
  return row ? { ...row, phases: await listPhases(db, [row.id]) } : null;
}

/** Every competition, the oldest first. */
export async function listCompetitions(db: Queryable): Promise<CompetitionRecord[]> {
  const rows = await db
    .selectFrom('competitions')
    .select(['id', 'slug', 'title', 'description', 'rules', 'rulesVersion'])
    .orderBy('createdAt')
    .orderBy('slug')
    .execute();
  const phases = await listPhases(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, phases: phases.filter((phase) => phase.competitionId === row.id) }));
}
