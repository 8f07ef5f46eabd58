import type { Competition, Phase, ReportedQuota } from '@holdout/contracts';
import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../../api/me.js';
import { quotaQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';
import { JoinCompetition } from '../../joining/join-competition.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import styles from './submit-page.module.css';

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
  const me = useQuery(meQuery);
  const participation = me.data?.competitions.find((each) => each.competition === competition.competition);
  const takesPart = participation !== undefined;
  const quota = useQuery({ ...quotaQuery(competition.competition, phase.phase), enabled: takesPart });
  if (phase.window === 'before') {
    return <Empty title={t('notOpenYet')}>{phase.opens && t('opensAt', { time: dateTime(phase.opens) })}</Empty>;
  }
  if (phase.window === 'after') return <Empty title={t('closed')}>{t('closedNext')}</Empty>;
  // What was known stays while it is asked for again: an upload must not vanish by a connection that broke.
  if (takesPart && quota.data) {
    const isOutdated = participation.rulesVersion !== competition.rulesVersion;
    return (
      <>
        {isOutdated && <Joining competition={competition} title={t('acceptFirst')} />}
        {/* What is chosen, or half sent, waits until the rules are accepted. */}
        <div hidden={isOutdated}>{children(quota.data)}</div>
      </>
    );
  }
  const failed = [me, quota].find(({ error }) => error);
  if (failed) return <Failure error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!me.data || takesPart) return <Loading />;
  return <Joining competition={competition} title={t(me.data.user ? 'joinFirst' : 'signInFirst')} />;
}

function Joining({ competition, title }: { readonly competition: Competition; readonly title: string }) {
  return (
    <section className={styles.card} aria-labelledby="join-first">
      <Title order={2} size="h4" id="join-first" mb="sm">
        {title}
      </Title>
      <JoinCompetition competition={competition} />
    </section>
  );
}
