import { openAndCheck } from '../catch-refusal.js';

/** What the server does with a bundle that comes in, and a page before it goes out. */
export async function tryInput(input: Uint8Array): Promise<void> {
  const { files, sizeBytes } = await openAndCheck(input);
  // What was accepted can be read: a worker unpacks it.
  let found = 0;
  for await (const { chunks } of files.walk()) for await (const chunk of chunks) found += chunk.length;
  if (found !== sizeBytes) throw new Error(`It was ${sizeBytes} bytes when it was checked, and ${found} afterwards.`);
}
