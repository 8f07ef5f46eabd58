import type { DataLink } from '@holdout/contracts';
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
  data: DataLink[];
  /** In their own order. */
  phases: PhaseRecord[];
}

/** What an organiser says of it. */
interface CompetitionWords {
  title: string;
  description: string;
  rules?: string;
  data?: readonly DataLink[];
}

/** @returns its id */
export async function insertCompetition(
  db: Queryable,
  { data = [], ...words }: CompetitionWords & { slug: string },
): Promise<string> {
  const values = { ...words, data: JSON.stringify(data) };
  const { id } = await db.insertInto('competitions').values(values).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateCompetition(db: Queryable, id: string, words: Required<CompetitionWords>): Promise<void> {
  const { title, description, rules } = words;
  const data = JSON.stringify(words.data);
  await db.updateTable('competitions').set({ title, description, rules, data }).where('id', '=', id).execute();
}

export async function findCompetition(db: Queryable, slug: string): Promise<CompetitionRecord | null> {
  const row = await db
    .selectFrom('competitions')
    .select(['id', 'slug', 'title', 'description', 'rules', 'rulesVersion', 'data'])
    .where('slug', '=', slug)
    .executeTakeFirst();
  return row ? { ...row, phases: await listPhases(db, [row.id]) } : null;
}

/** Every competition, the oldest first. */
export async function listCompetitions(db: Queryable): Promise<CompetitionRecord[]> {
  const rows = await db
    .selectFrom('competitions')
    .select(['id', 'slug', 'title', 'description', 'rules', 'rulesVersion', 'data'])
    .orderBy('createdAt')
    .orderBy('slug')
    .execute();
  const phases = await listPhases(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, phases: phases.filter((phase) => phase.competitionId === row.id) }));
}
