import type { Queryable } from '../open-database.js';

export interface TeamRecord {
  id: string;
  name: string;
}

/** @returns its id */
export async function insertTeam(db: Queryable, name: string): Promise<string> {
  const { id } = await db.insertInto('teams').values({ name }).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function findTeam(db: Queryable, name: string): Promise<TeamRecord | null> {
  const row = await db.selectFrom('teams').select(['id', 'name']).where('name', '=', name).executeTakeFirst();
  return row ?? null;
}
