import { expect, it } from 'vitest';
import { openArchive, openBlobSource } from './index.js';
import { measureStored, packBundle } from './pack-bundle.js';

const contents: Readonly<Record<string, Uint8Array>> = {
  'holdout.json': new TextEncoder().encode('{}'),
  '图像/一.png': new Uint8Array(300_000).fill(7),
  'empty.txt': new Uint8Array(0),
};
const files = Object.entries(contents).map(([path, { length: sizeBytes }]) => ({ path, sizeBytes }));
const stream = async function* (path: string) {
  yield contents[path] ?? new Uint8Array(0);
};

it('stores files in an archive of the size that was foretold, which opens as any other', async () => {
  const packed = await new Response(packBundle({ files, stream }, { stored: true })).blob();
  expect(packed.size).toBe(measureStored(files));
  const opened = await openArchive(openBlobSource(packed));
  for await (const { file, chunks } of opened.walk()) {
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    expect(Buffer.concat(read).equals(contents[file.path] ?? Buffer.of(0)), file.path).toBe(true);
  }
  expect(opened.files).toHaveLength(3);
  const deflated = await new Response(packBundle({ files, stream })).blob();
  expect(deflated.size).toBeLessThan(10_000);
});

it('does not foretell what a plain zip can’t hold', () => {
  expect(() => measureStored([{ path: 'a', sizeBytes: 2 ** 32 }])).toThrow(RangeError);
  expect(() => measureStored(Array(70_000).fill({ path: 'a', sizeBytes: 1 }))).toThrow(RangeError);
});
