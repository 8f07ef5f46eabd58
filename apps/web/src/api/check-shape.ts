import { UnreachableError } from './problem-error.js';

type Kind = 'array' | 'object' | 'string' | 'number' | 'nullable';

/**
 * Checks what the first page needs without the contracts' schemas, which weigh more than the page itself: that the
 * fields a page reads are there. What lies deeper is believed, since the server checked it by the same contracts.
 */
export function byShape<T>(
  name: string,
  shape: Readonly<Partial<Record<keyof T & string, Kind>>>,
): (body: unknown) => T {
  return (body) => {
    const found = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    for (const [field, kind] of Object.entries(shape) as [string, Kind][]) {
      if (!isOf(kind, found[field])) throw new UnreachableError(`The ${name} has no ${field} that can be read.`);
    }
    return body as T;
  };
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'nullable') return value !== undefined;
  return typeof value === kind && value !== null;
}
