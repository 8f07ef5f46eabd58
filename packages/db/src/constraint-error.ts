import pg from 'pg';

const uniqueViolation = '23505';

/** Whether Postgres refused a row because another one has the same, by the constraint of this name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.constraint === constraint;
}
