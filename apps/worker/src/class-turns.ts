import type { Hardware } from '@holdout/contracts';

/**
 * Of several hardware classes that one worker serves, whose turn it is: each gets as much as teams wait in it (smooth
 * weighted round robin). By equal turns, a team that asks for a GPU on a machine where few do would have every second turn
 * for itself.
 */
export class ClassTurns {
  readonly #credits: Map<Hardware, number>;

  constructor(classes: readonly Hardware[]) {
    this.#credits = new Map(classes.map((each) => [each, 0]));
  }

  /**
   * @param shares - which part of the teams that wait, do so in each class
   * @returns the classes, the one whose turn it is first
   */
  next(shares: ReadonlyMap<Hardware, number>): Hardware[] {
    // What nobody waits for saves nothing up.
    for (const [each, credit] of this.#credits) {
      const share = shares.get(each) ?? 0;
      this.#credits.set(each, share === 0 ? 0 : credit + share);
    }
    return [...this.#credits].sort(([, one], [, other]) => other - one).map(([each]) => each);
  }

  /** Says which one was served. */
  served(hardware: Hardware): void {
    this.#credits.set(hardware, (this.#credits.get(hardware) ?? 0) - 1);
  }
}
