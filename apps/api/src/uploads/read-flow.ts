import { HoldoutError } from '@holdout/contracts';

/**
 * Hands on what a sender sends, for as long as something comes at least every `silenceSeconds`. Time that whoever reads
 * takes is not counted.
 *
 * @throws HoldoutError `upload_stalled`; or what the connection fails with
 */
export async function* readFlow(chunks: AsyncIterator<Uint8Array>, silenceSeconds: number): AsyncGenerator<Uint8Array> {
  let stall = () => {};
  const timer = setTimeout(() => stall(), silenceSeconds * 1000);
  try {
    for (;;) {
      timer.refresh();
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        stall = () => reject(new HoldoutError('upload_stalled', { detail: `Nothing came for ${silenceSeconds} s.` }));
        chunks.next().then(resolve, reject);
      });
      if (step.done) return;
      yield step.value;
    }
  } finally {
    clearTimeout(timer);
  }
}
