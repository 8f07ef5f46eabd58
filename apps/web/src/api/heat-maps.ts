import type { HeatMapAnswer, SampleHeatMaps } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, request } from './request.js';

const checkList = bySchema<SampleHeatMaps>(({ sampleHeatMapsSchema }) => sampleHeatMapsSchema);
export const checkHeatMap = bySchema<HeatMapAnswer>(({ heatMapAnswerSchema }) => heatMapAnswerSchema);

/** A worker looks for what was asked for every few seconds. */
export const waitMilliseconds = 2000;

/** How far the heat maps of a phase's public sample are; looked at again while some are waited for. */
export function heatMapsQuery(id: string) {
  return queryOptions({
    queryKey: ['submissions', id, 'heat-maps'],
    queryFn: ({ signal }) => request(apiPath('submissions', id, 'heat-maps'), checkList, { signal }),
    refetchInterval: ({ state: { data } }) => {
      const waits = data?.studies.some(({ images }) => images.some(({ state }) => state === 'requested'));
      return waits ? waitMilliseconds : false;
    },
  });
}

interface SampleView {
  readonly study: string;
  /** From 1. */
  readonly view: number;
}

/** A heat map that is made, which never changes. */
export function heatMapQuery(id: string, { study, view }: SampleView) {
  return queryOptions({
    queryKey: ['submissions', id, 'heat-map', study, view],
    queryFn: ({ signal }) => request(samplePath(id, 'heat-map', { study, view }), checkHeatMap, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Where the sample's image itself is. */
export function sampleImagePath(id: string, view: SampleView): string {
  return samplePath(id, 'sample-image', view);
}

/** Of a study of the sample, or of all. */
export function askForHeatMaps(id: string, study?: string): Promise<SampleHeatMaps> {
  const body = study === undefined ? {} : { study };
  return request(apiPath('submissions', id, 'heat-maps'), checkList, { method: 'POST', body });
}

function samplePath(id: string, kind: string, { study, view }: SampleView): string {
  return `${apiPath('submissions', id, kind)}?${new URLSearchParams({ study, view: String(view) })}`;
}
