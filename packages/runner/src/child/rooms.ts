/** Arrays that batches are made ready in, used again and again: memory that is new costs more than to fill it. */
export class Rooms {
  #spare: Float32Array<ArrayBuffer>[] = [];

  /** An array of at least so many numbers, with what was in it before. */
  take(length: number): Float32Array<ArrayBuffer> {
    const found = this.#spare.findIndex((room) => room.length >= length);
    const [room] = found === -1 ? [] : this.#spare.splice(found, 1);
    // With room to grow, which costs no memory until it is touched.
    return room ?? new Float32Array(Math.max(length, leastLength));
  }

  giveBack(room: Float32Array<ArrayBuffer>): void {
    this.#spare.push(room);
    // Of smaller ones none is needed once a batch has outgrown them.
    this.#spare = this.#spare.sort((one, other) => other.length - one.length).slice(0, mostSpare);
  }

  /** Makes as many as are in use at a time, and has the kernel give the memory of the first batches. */
  prepare(): void {
    while (this.#spare.length < mostSpare) this.#spare.push(new Float32Array(leastLength).fill(0, 0, firstLength));
  }
}

/** Two that are made ready, and one that the engine works on. */
const mostSpare = 3;
/** 16 MiB. */
const leastLength = 4 * 1024 * 1024;
/** Four images of 320×320×3, with which batches begin. */
const firstLength = 4 * 3 * 320 ** 2;
