import type {
  Leaderboard,
  QueuePlace,
  ReportedQuota,
  Submission,
  SubmissionCurves,
  SubmissionPlace,
} from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { byShape } from './check-shape.js';
import { apiPath, bySchema, request } from './request.js';

const checkSubmission = bySchema<Submission>(({ submissionSchema }) => submissionSchema);

export function submissionQuery(id: string) {
  return queryOptions({
    queryKey: ['submissions', id],
    queryFn: ({ signal }) => request(apiPath('submissions', id), checkSubmission, { signal }),
  });
}

/** Of the reader's own teams, in a competition or in one of its phases; the latest first, at most a hundred. */
export function ownSubmissionsQuery(competition: string, phase?: string) {
  const query = new URLSearchParams({ mine: 'true', competition, ...(phase === undefined ? {} : { phase }) });
  return queryOptions({
    queryKey: ['submissions', 'mine', competition, phase ?? null],
    queryFn: async ({ signal }) => {
      const check = bySchema(({ submissionListSchema }) => submissionListSchema);
      return (await request(`${apiPath('submissions')}?${query}`, check, { signal })).submissions;
    },
  });
}

/** What the reader's team has left in a phase. Refused to who does not take part. */
export function quotaQuery(competition: string, phase: string) {
  return queryOptions({
    queryKey: ['quota', competition, phase],
    queryFn: ({ signal }) =>
      request(
        apiPath('competitions', competition, 'phases', phase, 'quota'),
        bySchema<ReportedQuota>(({ quotaUseSchema }) => quotaUseSchema),
        { signal },
      ),
    staleTime: 0,
  });
}

export function queueQuery(id: string) {
  return queryOptions({
    queryKey: ['submissions', id, 'queue'],
    queryFn: ({ signal }) =>
      request(
        apiPath('submissions', id, 'queue'),
        bySchema<QueuePlace>(({ queuePlaceSchema }) => queuePlaceSchema),
        { signal },
      ),
    staleTime: 0,
  });
}

export function curvesQuery(id: string) {
  return queryOptions({
    queryKey: ['submissions', id, 'curves'],
    queryFn: ({ signal }) =>
      request(
        apiPath('submissions', id, 'curves'),
        bySchema<SubmissionCurves>(({ submissionCurvesSchema }) => submissionCurvesSchema),
        { signal },
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Ends it; what it answers is the submission as it is then. */
export function cancelSubmission(id: string): Promise<Submission> {
  return request(apiPath('submissions', id, 'cancel'), checkSubmission, { method: 'POST' });
}

export function chooseSubmission(id: string, chosen: boolean): Promise<Submission> {
  return request(apiPath('submissions', id, 'choose'), checkSubmission, { method: 'POST', body: { chosen } });
}

/** What became of an upload in parts, by the address that its parts were sent to. */
export function readUploadResult(uploadAddress: string): Promise<Submission> {
  const id = uploadAddress.split('/').at(-1) ?? '';
  return request(apiPath('uploads', id, 'result'), checkSubmission);
}

/** How it stands on the present board. */
export function placeQuery(id: string) {
  return queryOptions({
    queryKey: ['submissions', id, 'place'],
    queryFn: ({ signal }) =>
      request(
        apiPath('submissions', id, 'place'),
        bySchema<SubmissionPlace>(({ submissionPlaceSchema }) => submissionPlaceSchema),
        { signal },
      ),
  });
}

/** The readers of a board, whom each of its answers has: of its rows no more is asked for than must be. */
export function boardReadersQuery(competition: string, phase: string) {
  const check = byShape<Pick<Leaderboard, 'readers' | 'visibility'>>('leaderboard', {
    readers: 'array',
    visibility: 'object',
  });
  return queryOptions({
    queryKey: ['board-readers', competition, phase],
    queryFn: ({ signal }) =>
      request(`${apiPath('competitions', competition, 'phases', phase, 'leaderboard')}?limit=1`, check, { signal }),
  });
}
