import type { Competition } from '@holdout/contracts';
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { GiveSecondFactor } from '../../accounts/give-second-factor.js';
import { competitionQuery } from '../../api/competitions.js';
import { meQuery } from '../../api/me.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { useTitle } from '../../parts/use-title.js';
import styles from './organise.module.css';

interface OrganiseFrameProps {
  readonly competition: string;
  readonly title: string;
  readonly children: (competition: Competition) => ReactNode;
}

const rooms = [
  ['/competitions/$competition/organise', 'submissions'],
  ['/competitions/$competition/organise/test-sets', 'testSets'],
  ['/competitions/$competition/organise/settings', 'settings'],
  ['/competitions/$competition/organise/starter-kit', 'starterKit'],
  ['/competitions/$competition/organise/agreement', 'agreement'],
  ['/competitions/$competition/organise/log', 'log'],
  ['/competitions/$competition/organise/organisers', 'organisers'],
] as const;

/** What stands around each page of an organiser: which competition it is, and the way to the others. */
export function OrganiseFrame({ competition: slug, title, children }: OrganiseFrameProps) {
  const { t } = useTranslation('organise');
  const { data: me } = useQuery(meQuery);
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  useTitle(competition && `${title} · ${competition.title}`);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition || !me) return <Loading />;
  if (!me.organises.includes(slug)) return <Empty title={t('notOrganiser')}>{t('notOrganiserNext')}</Empty>;
  if (me.user?.secondFactorDue) return <GiveSecondFactor />;
  return (
    <>
      <Text size="lg" fw={700}>
        {competition.title}
      </Text>
      <nav aria-label={t('rooms')} className={styles.rooms}>
        {rooms.map(([to, words]) => (
          <Link key={to} to={to} params={{ competition: slug }} activeOptions={{ exact: true, includeSearch: false }}>
            {t(words)}
          </Link>
        ))}
      </nav>
      {children(competition)}
    </>
  );
}
