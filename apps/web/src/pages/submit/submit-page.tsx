import type { Competition, Phase } from '@holdout/contracts';
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { meQuery } from '../../api/me.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { NotFound } from '../../parts/not-found.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { EntryGate } from './entry-gate.js';
import { PhaseLinks } from './phase-links.js';
import { QuotaLeft } from './quota-left.js';
import { SubmitFlow } from './submit-flow.js';
import styles from './submit-page.module.css';

const route = getRouteApi('/competitions/$competition/phases/$phase/submit');

/** How a bundle comes to a phase: what is left, the choice, the check, and the way there. */
export function Page() {
  const { t } = useTranslation('submit');
  const params = route.useParams();
  const { data: competition, error, refetch } = useQuery(competitionQuery(params.competition));
  useTitle(competition && t('titleOf', { competition: competition.title }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading />;
  const phase = competition.phases.find((each) => each.phase === params.phase);
  if (!phase) return <NotFound />;
  // Another phase is another upload: nothing of the one is carried into the other.
  return <PhaseSubmission key={phase.phase} competition={competition} phase={phase} />;
}

function PhaseSubmission({ competition, phase }: { readonly competition: Competition; readonly phase: Phase }) {
  const { t } = useTranslation('submit');
  const { data: me } = useQuery(meQuery);
  const team = me?.competitions.find((each) => each.competition === competition.competition)?.team;
  return (
    <div className={styles.page}>
      <PageHeading>{t('title')}</PageHeading>
      <Text c="dimmed" mb="sm">
        <Link to="/competitions/$competition" params={{ competition: competition.competition }}>
          {competition.title}
        </Link>
        {' · '}
        {team
          ? t('phaseLine', { phase: phase.title, team: team.name })
          : t('phaseLineTeamless', { phase: phase.title })}
      </Text>
      <PhaseLinks competition={competition} chosen={phase} />
      <EntryGate competition={competition} phase={phase}>
        {(quota) => (
          <>
            <QuotaLeft quota={quota} />
            <SubmitFlow
              competition={competition.competition}
              phase={phase}
              user={me?.user?.id ?? 'token'}
              isAllowed={quota.allowed}
            />
          </>
        )}
      </EntryGate>
    </div>
  );
}
