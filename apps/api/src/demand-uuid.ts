import { type ErrorCode, HoldoutError } from '@holdout/contracts';
import { z } from 'zod';

/**
 * An id of an address, which Postgres would refuse in another form.
 *
 * @throws HoldoutError `code`, the one of an id that is not there, where it is no id at all
 */
export function demandUuid(id: string, code: ErrorCode): string {
  if (z.guid().safeParse(id).success) return id;
  throw new HoldoutError(code);
}
