import { queryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, request } from '../../../api/request.js';

/** A phase, as the addresses of its test set name it. */
export interface PhaseAddress {
  readonly competition: string;
  readonly phase: string;
}

const contents = bySchema(({ testSetContentsSchema }) => testSetContentsSchema);
const versions = bySchema(({ testSetVersionsSchema }) => testSetVersionsSchema);
const diff = bySchema(({ testSetDiffSchema }) => testSetDiffSchema);
const agreement = bySchema(({ readerAgreementSchema }) => readerAgreementSchema);

const switchMilliseconds = 2000;
/** A version never changes; and each reading of one leaves a line in the log. */
const forGood = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const;

export function testSetPath({ competition, phase }: PhaseAddress, ...parts: readonly string[]): string {
  return apiPath('competitions', competition, 'phases', phase, 'test-set', ...parts);
}

/** The versions of a phase's test set; looked at again while it changes to another. */
export function versionsQuery(address: PhaseAddress) {
  return queryOptions({
    queryKey: [...keyOf(address), 'versions'],
    queryFn: async ({ signal }) => (await request(testSetPath(address, 'versions'), versions, { signal })).versions,
    refetchInterval: ({ state: { data } }) => (data?.some(({ role }) => role === 'next') ? switchMilliseconds : false),
  });
}

/** The studies and labels of a version. */
export function contentsQuery(address: PhaseAddress, version: string) {
  return queryOptions({
    queryKey: [...keyOf(address), 'contents', version],
    queryFn: ({ signal }) => request(`${testSetPath(address, 'studies')}?version=${version}`, contents, { signal }),
    ...forGood,
  });
}

/** What differs between two versions. */
export function diffQuery(address: PhaseAddress, from: string, to: string) {
  return queryOptions({
    queryKey: [...keyOf(address), 'diff', from, to],
    queryFn: ({ signal }) => request(`${testSetPath(address, 'diff')}?from=${from}&to=${to}`, diff, { signal }),
    ...forGood,
  });
}

/** How well the readers of a version agree. */
export function agreementQuery(address: PhaseAddress, version: string) {
  return queryOptions({
    queryKey: [...keyOf(address), 'agreement', version],
    queryFn: ({ signal }) => request(`${testSetPath(address, 'agreement')}?version=${version}`, agreement, { signal }),
    ...forGood,
  });
}

export function keyOf({ competition, phase }: PhaseAddress) {
  return ['organise', competition, 'test-set', phase] as const;
}
