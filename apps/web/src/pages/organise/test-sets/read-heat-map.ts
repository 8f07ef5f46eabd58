import type { HeatMapAnswer } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { checkHeatMap, waitMilliseconds } from '../../../api/heat-maps.js';
import { apiPath, bySchema, request } from '../../../api/request.js';
import { keyOf, type PhaseAddress, testSetPath } from './read-test-set.js';

export interface HiddenView {
  readonly submission: string;
  readonly version: string;
  readonly study: string;
  /** From 1. */
  readonly view: number;
}

/** Where a submission looks in a hidden image. Once it is there it is not asked for again: each reading leaves a line. */
export function hiddenHeatMapQuery(address: PhaseAddress, view: HiddenView) {
  const query = new URLSearchParams({ ...view, view: String(view.view) });
  return queryOptions({
    queryKey: [...keyOf(address), 'heat-map', view],
    queryFn: ({ signal }) => request(`${testSetPath(address, 'heat-map')}?${query}`, checkHeatMap, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.state === 'requested' ? waitMilliseconds : false),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}

export function askForHiddenHeatMap(address: PhaseAddress, view: HiddenView): Promise<HeatMapAnswer> {
  return request(testSetPath(address, 'heat-map'), checkHeatMap, { method: 'POST', body: view });
}

/** The models that were scored in a phase: the latest hundred of its submissions. */
export function scoredModelsQuery({ competition, phase }: PhaseAddress) {
  const check = bySchema(({ filteredSubmissionsSchema }) => filteredSubmissionsSchema);
  const query = new URLSearchParams({ phase, state: 'scored' });
  return queryOptions({
    queryKey: ['organise', competition, 'scored-models', phase],
    queryFn: async ({ signal }) => {
      const found = await request(`${apiPath('competitions', competition, 'submissions')}?${query}`, check, { signal });
      return found.submissions.filter(({ engine }) => engine === 'onnx' || engine === 'tfjs');
    },
  });
}
