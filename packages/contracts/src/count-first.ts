import { z } from 'zod';

/**
 * A list of at most `most` values that is counted before any of them is looked at: a body has room for millions, and zod
 * would say of each what is wrong with it.
 */
export function countFirst<T extends z.ZodArray>(list: T, most: number) {
  return z.preprocess((value: z.input<T>, context) => {
    if (Array.isArray(value) && value.length > most) {
      context.addIssue({ code: 'too_big', origin: 'array', maximum: most, inclusive: true });
    }
    return value;
  }, list.max(most));
}
