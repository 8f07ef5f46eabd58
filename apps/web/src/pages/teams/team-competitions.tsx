import type { Team } from '@holdout/contracts';
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../accounts/signed-in.js';
import { competitionQuery, competitionsQuery } from '../../api/competitions.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { SectionCard } from '../../parts/section-card.js';
import { QuotaUse } from './quota-use.js';

interface TeamCompetitionsProps {
  readonly team: Team;
  readonly person: Person;
}

/** Where the team takes part, with what it used of each phase; and where it could. */
export function TeamCompetitions({ team, person }: TeamCompetitionsProps) {
  const { t } = useTranslation('teams');
  const { data: all = [] } = useQuery(competitionsQuery);
  const taken = new Set(person.competitions.map(({ competition }) => competition));
  const others = all.filter(({ competition }) => !taken.has(competition) && !person.organises.includes(competition));
  return (
    <SectionCard title={t('competitions')}>
      {team.competitions.length === 0 && <Text>{t('noCompetition')}</Text>}
      {team.competitions.map(({ competition, rulesVersion }) => (
        <TeamCompetition key={competition} slug={competition} acceptedVersion={rulesVersion} />
      ))}
      {others.map(({ competition, title }) => (
        <Text key={competition}>
          <Link to="/competitions/$competition/join" params={{ competition }}>
            {t('takePart', { title })}
          </Link>
        </Text>
      ))}
    </SectionCard>
  );
}

function TeamCompetition({ slug, acceptedVersion }: { readonly slug: string; readonly acceptedVersion: number }) {
  const { t } = useTranslation('teams');
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading lines={3} />;
  const { title, rulesVersion, phases } = competition;
  return (
    <div>
      <Title order={3} size="h5">
        <Link to="/competitions/$competition" params={{ competition: slug }}>
          {title}
        </Link>
      </Title>
      <Text size="sm" c="dimmed">
        {t('rulesAccepted', { version: acceptedVersion })}
      </Text>
      {acceptedVersion < rulesVersion && (
        <Link to="/competitions/$competition/join" params={{ competition: slug }}>
          {t('rulesChanged')}
        </Link>
      )}
      {phases.map((phase) => (
        <QuotaUse key={phase.phase} competition={slug} phase={phase} />
      ))}
    </div>
  );
}
