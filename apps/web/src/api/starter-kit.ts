import type { StarterBundle, StarterKit } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { byShape } from './check-shape.js';
import { apiPath, request } from './request.js';

const checkKit = byShape<StarterKit>('starter kit', { folder: 'string', sizeBytes: 'number', bundles: 'array' });
const checkBundles = byShape<{ bundles: StarterBundle[] }>('list of sample bundles', { bundles: 'array' });

/** What is in the starter kit of a phase. */
export function starterKitQuery(competition: string, phase: string) {
  return queryOptions({
    queryKey: ['starter-kit', competition, phase],
    queryFn: ({ signal }) => request(starterKitPath(competition, phase), checkKit, { signal }),
  });
}

/** Where it is described; the archive is there with `.zip` after it. */
export function starterKitPath(competition: string, phase: string): string {
  return apiPath('competitions', competition, 'phases', phase, 'starter-kit');
}

/** The sample bundles of a competition, which are in the kit of each phase. */
export function starterBundlesQuery(competition: string) {
  return queryOptions({
    queryKey: ['starter-kit', competition],
    queryFn: ({ signal }) => request(starterBundlesPath(competition), checkBundles, { signal }),
  });
}

export function starterBundlesPath(competition: string): string {
  return apiPath('competitions', competition, 'starter-bundles');
}
