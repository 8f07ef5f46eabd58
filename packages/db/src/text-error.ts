import pg from 'pg';

/**
 * `character_not_in_repertoire` and `untranslatable_character`: a text with a NUL, which neither `text` nor `jsonb` can hold
 * (https://www.postgresql.org/docs/current/datatype-json.html).
 */
const textStates = new Set(['22021', '22P05']);

/** Whether Postgres refused a text for a character in it. */
export function isTextError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && textStates.has(error.code ?? '');
}
