/** What the address of a leaderboard says of the way it is looked at; what is left out is as the board stands. */
export interface BoardSearch {
  readonly phase?: string;
  /** A column, with `-` before it where the greatest comes first. */
  readonly sort?: string;
  readonly filter?: string;
  /** A day in the reader's zone, `2027-01-31`: the board as it stood at its end. */
  readonly at?: string;
}

/** Reads it from whatever an address holds: what can't be meant is left out. */
export function readBoardSearch({ phase, sort, filter, at }: Record<string, unknown>): BoardSearch {
  return {
    ...(isText(phase) ? { phase } : {}),
    ...(isText(sort) ? { sort } : {}),
    // The router reads `12` as a number.
    ...(isText(filter) || typeof filter === 'number' ? { filter: String(filter) } : {}),
    ...(isText(at) && /^\d{4}-\d\d-\d\d$/.test(at) ? { at } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
