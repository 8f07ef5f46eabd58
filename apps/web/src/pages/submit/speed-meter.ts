/** What is thought of as now: of a connection that stutters, a shorter time would tell of the stutter. */
const windowMilliseconds = 8000;

interface Sample {
  readonly at: number;
  readonly sentBytes: number;
}

/** How fast an upload is, by what was sent in the last seconds. */
export class SpeedMeter {
  #samples: Sample[] = [];

  /** Forgets what was before a pause: it was no slow time, but none. */
  reset(): void {
    this.#samples = [];
  }

  add(sentBytes: number, at: number): void {
    this.#samples.push({ at, sentBytes });
    // The one before the window stays, so that there are two to compare also where parts are large.
    while ((this.#samples[1]?.at ?? at) < at - windowMilliseconds) this.#samples.shift();
  }

  /** null until two moments are known. */
  bytesPerSecond(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return null;
    return (1000 * (last.sentBytes - first.sentBytes)) / (last.at - first.at);
  }
}
