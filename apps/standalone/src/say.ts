/** One line for the person at the terminal. */
export function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

/**
 * A line that counts up: rewritten in place on a terminal, a line for every quarter elsewhere.
 *
 * @returns a function that is told how many are done
 */
export function sayProgress(what: string, total: number): (done: number) => void {
  let quartersSaid = 0;
  return (done) => {
    const line = `${what}: ${done} of ${total}`;
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${line}${done === total ? '\n' : ''}`);
      return;
    }
    const quarters = Math.floor((done * 4) / total);
    if (quarters > quartersSaid) say(line);
    quartersSaid = Math.max(quarters, quartersSaid);
  };
}
