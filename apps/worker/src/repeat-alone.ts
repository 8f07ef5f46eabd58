/**
 * Does something every few seconds, and never twice at one time: what takes longer than that is let to end first.
 *
 * @returns a function that stops it and waits for the round under way
 */
export function repeatAlone(everySeconds: number, act: () => Promise<void>): () => Promise<void> {
  let round: Promise<void> | null = null;
  const timer = setInterval(() => {
    round ??= act().finally(() => {
      round = null;
    });
  }, everySeconds * 1000);
  return async () => {
    clearInterval(timer);
    await round;
  };
}
