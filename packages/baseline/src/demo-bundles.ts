import { fileURLToPath } from 'node:url';
import { packBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';

/** The bundles that the demo competition starts with, each with the team that enters it. */
export const demoBundles = [
  { slug: 'onnx', team: 'Team Onyx' },
  { slug: 'tfjs', team: 'Team Tensor' },
  { slug: 'densenet', team: 'Team Baseline' },
  { slug: 'weak', team: 'Team Quick Start' },
] as const;
export type DemoBundle = (typeof demoBundles)[number];

/** The bundles that those begin with who have none: one of each engine. */
export const starterBundles = ['onnx', 'tfjs', 'command'] as const;
type StarterBundle = (typeof starterBundles)[number];

/** Packs a demo bundle as a team would; the same files always give the same archive. */
export async function packDemoBundle(slug: DemoBundle['slug'] | StarterBundle): Promise<Uint8Array> {
  const folder = await openFolder(fileURLToPath(new URL(`../demo/${slug}`, import.meta.url)));
  const chunks: Uint8Array[] = [];
  for await (const chunk of packBundle(folder)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
