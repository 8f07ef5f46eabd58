/** The types of Node leave it out. Its memory is the only one in Node that begins at a page and that threads can share. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => { buffer: SharedArrayBuffer };
};

/** Memory of a page's alignment, from which the disk can read by itself. Whoever took it gives it back. */
export interface AlignedSlot {
  readonly bytes: Buffer;
  free(): void;
}

const slotBytes = 1024 * 1024;
/** For all files of this process together. */
const slotsAtMost = 32;
const wasmPageBytes = 64 * 1024;

let freeSlots: AlignedSlot[] | null = null;

/** @returns null where all of it is in use, or where there is none */
export function takeAlignedSlot(): AlignedSlot | null {
  freeSlots ??= allocateSlots();
  // The last that was given back: the kernel gives memory only to those that were ever written to.
  return freeSlots.pop() ?? null;
}

function allocateSlots(): AlignedSlot[] {
  const pages = (slotBytes * slotsAtMost) / wasmPageBytes;
  let buffer: SharedArrayBuffer;
  try {
    ({ buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }));
  } catch {
    // A process whose address space is limited: files are written without it.
    return [];
  }
  return Array.from({ length: slotsAtMost }, (_, place) => {
    const slot = {
      bytes: Buffer.from(buffer, place * slotBytes, slotBytes),
      free: () => void freeSlots?.push(slot),
    };
    return slot;
  });
}
