/** Which acts are shown; those by which somebody saw hidden data where it is left out. */
export interface LogSearch {
  readonly about?: 'everything';
}

export function readLogSearch({ about }: Record<string, unknown>): LogSearch {
  return about === 'everything' ? { about } : {};
}
