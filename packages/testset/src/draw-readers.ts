import { HoldoutError, makeSentence } from '@holdout/contracts';
import { randomFrom } from './synthetic/random.js';

/** How the readers of a gold standard were drawn, so that anyone can draw them again. */
export interface ReaderDraw {
  readonly seed: number;
  /** In the order of their names, as the others. */
  readonly drawn: readonly string[];
  readonly leftOut: readonly string[];
}

/**
 * Draws the readers whose majority is the gold standard at random, as MURA did with three of six.
 *
 * @throws HoldoutError `test_set_invalid` where the number to draw is even, or where there are not so many
 */
export function drawReaders(readers: readonly string[], count: number, seed: number): ReaderDraw {
  if (count % 2 === 0 || count > readers.length) {
    const words = makeSentence('readers_not_drawn', { count, known: readers.length });
    throw new HoldoutError('test_set_invalid', { sentences: [words] });
  }
  const sorted = [...readers].sort();
  const drawn = new Set(randomFrom('gold readers', seed).shuffle(sorted).slice(0, count));
  return {
    seed,
    drawn: sorted.filter((reader) => drawn.has(reader)),
    leftOut: sorted.filter((reader) => !drawn.has(reader)),
  };
}
