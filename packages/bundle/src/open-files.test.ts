import { HoldoutError } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { openArchive } from './archive/open-archive.js';
import { joinChunks } from './byte-source.js';
import { checkBundle } from './check-bundle.js';
import { openBlobSource } from './open-blob-source.js';
import { openFiles } from './open-files.js';
import { packBundle } from './pack-bundle.js';
import { buildOnnx } from './testing/build-onnx.js';

const manifest = JSON.stringify({ name: 'Chosen', engine: 'onnx', model: 'model.onnx' });
const chosen = [
  { path: 'holdout.json', contents: new Blob([manifest]) },
  { path: 'model.onnx', contents: new Blob([new Uint8Array(buildOnnx())]) },
];

it('checks files that were chosen together as it would an archive of them, and passes over what a desktop left', async () => {
  const files = openFiles([...chosen, { path: '.DS_Store', contents: new Blob(['x']) }]);
  expect(files.litter).toEqual(['.DS_Store']);
  const checked = await checkBundle(files);
  expect(checked.manifest.name).toBe('Chosen');
  expect(checked.sizeBytes).toBe(chosen.reduce((sum, { contents }) => sum + contents.size, 0));
});

it('packs them to an archive that opens from a blob, the same bytes in whatever order they were chosen', async () => {
  const pack = (files: typeof chosen) => new Response(packBundle(openFiles(files))).blob();
  const [packed, again] = [await pack(chosen), await pack([...chosen].reverse())];
  expect(new Uint8Array(await packed.arrayBuffer())).toEqual(new Uint8Array(await again.arrayBuffer()));
  const archive = await openArchive(openBlobSource(packed));
  expect((await checkBundle(archive)).manifest.name).toBe('Chosen');
  const read = new TextDecoder().decode(await joinChunks(archive.stream('holdout.json')));
  expect(read).toBe(manifest);
});

it('refuses names that an archive may not have either, all of them', () => {
  const contents = new Blob(['x']);
  const open = () => openFiles([...chosen, { path: 'a/../b', contents }, { path: 'MODEL.onnx', contents }]);
  expect(open).toThrow(HoldoutError);
  try {
    open();
  } catch (error) {
    expect((error as HoldoutError).problems?.map(({ code }) => code)).toEqual([
      'archive_path_unsafe',
      'archive_name_clash',
    ]);
  }
});
