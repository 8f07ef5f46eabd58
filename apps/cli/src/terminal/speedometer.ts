const windowMilliseconds = 5000;

/**
 * Measures how fast a number grows, per second, over the last five seconds: an average since the start would hide that
 * a link has become slow.
 *
 * @param now - a clock in milliseconds
 */
export function createSpeedometer(now: () => number = () => performance.now()): (done: number) => number {
  const marks: { at: number; done: number }[] = [{ at: now(), done: 0 }];
  return (done) => {
    const at = now();
    // One mark a tenth of a second is enough, however often it is asked.
    if (at - (marks.at(-1)?.at ?? 0) >= 100) marks.push({ at, done });
    while (marks.length > 2 && at - (marks[1]?.at ?? 0) > windowMilliseconds) marks.shift();
    const [first] = marks;
    const elapsed = at - (first?.at ?? at);
    return elapsed <= 0 ? 0 : ((done - (first?.done ?? 0)) * 1000) / elapsed;
  };
}
