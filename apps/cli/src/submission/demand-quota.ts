import { HoldoutError, quotaUseSchema, type ReportedQuota } from '@holdout/contracts';
import type { ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';

/**
 * Asks what the team has left in a phase, before a large upload is begun for nothing.
 *
 * @returns what is left as a sentence; null where the phase sets no limit
 * @throws HoldoutError `quota_exceeded`, which says when the next is allowed; whatever `requestJson` throws
 */
export async function demandQuota(
  config: ServerConfig,
  { competition, phase }: { competition: string; phase: string },
  signal: AbortSignal,
): Promise<string | null> {
  const path = `/api/competitions/${encodeURIComponent(competition)}/phases/${encodeURIComponent(phase)}/quota`;
  const quota = await requestJson(config, { path, schema: quotaUseSchema, signal });
  if (!quota.allowed) throw new HoldoutError('quota_exceeded', quota.message ? { detail: quota.message } : {});
  return describeWhatIsLeft(quota);
}

function describeWhatIsLeft({ limits, used }: ReportedQuota): string | null {
  const left = (limit: number | null, count: number, words: string) =>
    limit === null ? [] : [`${limit - count} of ${limit} ${words}`];
  const parts = [...left(limits.perDay, used.perDay, 'in 24 hours'), ...left(limits.total, used.total, 'in all')];
  return parts.length === 0 ? null : `Submissions left, with this one: ${parts.join(', ')}.`;
}
