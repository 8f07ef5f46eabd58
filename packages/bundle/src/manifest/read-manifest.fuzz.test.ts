import { readdir, readFile } from 'node:fs/promises';
import {
  applyChanges,
  changeJson,
  changesOf,
  fuzzParameters,
  fuzzTimeoutMilliseconds,
  jsonChanges,
  useTarget,
} from '@holdout/fuzzing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const target = useTarget(new URL('../../dist/testing/fuzz/check-manifest.js', import.meta.url), {
  mostGrowthMebibytes: 128,
});

/** The demo bundles' manifests, what the README shows of manifests, and one with every field. */
async function readManifests(): Promise<{ name: string; bytes: Buffer }[]> {
  const demos = new URL('../../../baseline/demo/', import.meta.url);
  const manifests = (await readdir(demos)).map(async (name) => ({
    name,
    bytes: await readFile(new URL(`${name}/holdout.json`, demos)),
  }));
  const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8');
  const shown = [...readme.matchAll(/```json\n(\{[^`]*"engine"[^`]*)```/g)].map(([, json = ''], place) => ({
    name: `README ${place + 1}`,
    bytes: Buffer.from(json),
  }));
  return [...(await Promise.all(manifests)), ...shown, ...complete];
}

const words = { name: 'All', description: 'Every\nfield', link: 'https://example.org/', threshold: 0.5 };
const complete = [
  {
    ...words,
    ...{ engine: 'onnx', model: 'model.onnx', studyAggregation: 'max' },
    input: {
      width: 64,
      height: 64,
      channels: 1,
      layout: 'nchw',
      resize: 'cover',
      scale: 0.01,
      mean: [0.5],
      std: [0.2],
    },
    output: { name: 'probability', activation: 'sigmoid', index: 0 },
  },
  {
    ...words,
    engine: 'command',
    command: ['python3', 'src/predict.py', '{images_csv}', '{predictions_csv}'],
    ...{ gpu: false, memoryBytes: 1e9, timeLimitSeconds: 60, environment: { A: 'b' } },
  },
].map((manifest) => ({ name: `every field, ${manifest.engine}`, bytes: Buffer.from(JSON.stringify(manifest)) }));

const manifests = await readManifests();
const runs = 200;
const timeout = fuzzTimeoutMilliseconds(runs);

async function expectAnswer(bytes: Uint8Array): Promise<void> {
  const code = await target.give(bytes);
  if (code !== 'accepted') expect(code).toMatch(/^(archive|manifest|model|program|command)_/);
}

it('has sound manifests to begin with', { timeout }, async () => {
  expect(manifests.length).toBeGreaterThanOrEqual(6);
  for (const { name, bytes } of complete) expect(await target.give(bytes), name).toBe('accepted');
});

it('answers a manifest with any odd value in it', { timeout }, async () => {
  const values = manifests.map(({ bytes }) => JSON.parse(bytes.toString()) as unknown);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...values), jsonChanges, async (value, changes) => {
      await expectAnswer(Buffer.from(changeJson(value, changes)));
    }),
    fuzzParameters(runs),
  );
});

it('answers a manifest of any damaged bytes', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(changesOf(manifests), async (drawn) => await expectAnswer(applyChanges(manifests, drawn))),
    fuzzParameters(runs),
  );
});
