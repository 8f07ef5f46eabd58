import type { Submission } from '@holdout/contracts';
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { quotaQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';

const kinds = ['perDay', 'total'] as const;

/** What a rejection leaves its team to try again with, as the submit page says it. */
export function SubmissionsLeft({ submission: { competition, phase } }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { number, dateTime, sentences } = useFormat();
  // Refused to an organiser, whose quota it is not: then there is nothing to say.
  const { data } = useQuery({ ...quotaQuery(competition, phase), retry: false });
  if (!data) return null;
  const { limits, used, allowedAt } = data;
  const left = kinds.map((kind) => {
    const limit = limits[kind];
    return limit !== null && t(`left_${kind}`, { left: number(Math.max(0, limit - used[kind])), limit: number(limit) });
  });
  if (left.every((words) => words === false)) return <Text mt="xs">{t('leftWithout')}</Text>;
  return (
    <Text mt="xs">{sentences([...left, allowedAt !== null && t('leftAgain', { time: dateTime(allowedAt) })])}</Text>
  );
}
