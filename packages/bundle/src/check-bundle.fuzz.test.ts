import { applyChanges, changesOf, fuzzParameters, fuzzTimeoutMilliseconds, useTarget } from '@holdout/fuzzing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildDemoTars, compressTar, readDemoZips } from './testing/fuzz/demo-archives.js';
import { findTarHeaders, liesOf, tellTarLies, tellZipLies } from './testing/fuzz/lies.js';
import { findZipFields } from './testing/fuzz/zip-fields.js';

const target = useTarget(new URL('../dist/testing/fuzz/check-archive.js', import.meta.url), {
  mostGrowthMebibytes: 256,
});

const zips = (await readDemoZips()).map((zip) => {
  const fields = findZipFields(zip.bytes);
  return { ...zip, fields, places: fields.map(({ offset }) => offset) };
});
const tars = (await buildDemoTars()).map((tar) => ({ ...tar, headers: findTarHeaders(tar.bytes) }));
const packedTars = tars.map(({ name, bytes }) => ({ name, bytes: compressTar(bytes) }));
const archives = [...zips, ...packedTars];

const runs = 200;
const timeout = fuzzTimeoutMilliseconds(runs);
/** What a refusal of an archive may be called; each is the team's or the caller's to mend. */
const refusals = /^(archive|manifest|model|program|bundle)_/;

async function expectAnswer(bytes: Uint8Array): Promise<void> {
  const code = await target.give(bytes);
  if (code !== 'accepted') expect(code).toMatch(refusals);
}

it('accepts the archives that all others are made of', { timeout }, async () => {
  for (const { name, bytes } of archives) {
    expect(await target.give(bytes), name).toBe(name === 'encrypted' ? 'archive_encrypted' : 'accepted');
  }
});

it('answers any damage to an archive', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(changesOf(archives), async (drawn) => await expectAnswer(applyChanges(archives, drawn))),
    fuzzParameters(runs),
  );
});

it('answers any lie in the headers of a zip', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...zips.keys()), liesOf(4), async (index, lies) => {
      const { bytes = new Uint8Array(), fields = [] } = zips[index] ?? {};
      await expectAnswer(tellZipLies(bytes, fields, lies));
    }),
    fuzzParameters(runs),
  );
});

it('answers any lie in the headers of a tar, and any damage within its gzip', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...tars.keys()), liesOf(3), async (index, lies) => {
      const { bytes = new Uint8Array(), headers = [] } = tars[index] ?? {};
      await expectAnswer(compressTar(tellTarLies(bytes, headers, lies)));
    }),
    fuzzParameters(runs),
  );
  await fc.assert(
    fc.asyncProperty(changesOf(tars), async (drawn) => await expectAnswer(compressTar(applyChanges(tars, drawn)))),
    fuzzParameters(runs),
  );
});
