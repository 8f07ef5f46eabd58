import type { Competition, Phase, ReportedQuota } from '@holdout/contracts';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../api/problem-error.js';
import { quotaQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { JoinForm } from './join-form.js';

interface EntryGateProps {
  readonly competition: Competition;
  readonly phase: Phase;
  /** For who may submit. */
  readonly children: (quota: ReportedQuota) => ReactNode;
}

/** Lets those through who take part, and says to all others what comes before: signing in, joining, waiting. */
export function EntryGate({ competition, phase, children }: EntryGateProps) {
  const { t } = useTranslation('submit');
  const { dateTime } = useFormat();
  const { data: quota, error, refetch } = useQuery(quotaQuery(competition.competition, phase.phase));
  const path = useLocation({ select: ({ pathname }) => pathname });
  if (phase.window === 'before') {
    return <Empty title={t('notOpenYet')}>{phase.opens && t('opensAt', { time: dateTime(phase.opens) })}</Empty>;
  }
  if (phase.window === 'after') return <Empty title={t('closed')}>{t('closedNext')}</Empty>;
  if (error instanceof ProblemError && error.status === 401) {
    return (
      <Empty title={t('signInFirst')}>
        <Text mb="sm">{t('signInNext')}</Text>
        <Button component="a" href={`/sign-in?next=${encodeURIComponent(path)}`}>
          {t('signIn')}
        </Button>
      </Empty>
    );
  }
  if (error instanceof ProblemError && error.code === 'not_taking_part') return <JoinForm competition={competition} />;
  // What was known stays while it is asked for again: an upload must not vanish by a connection that broke.
  if (quota) return children(quota);
  return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Loading />;
}
