import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { JoinCompetition } from '../../joining/join-competition.js';
import card from '../../parts/card.module.css';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';

const route = getRouteApi('/competitions/$competition/join');

/** The way to take part in a competition, on a page of its own. */
export function Page() {
  const { t } = useTranslation('joining');
  const { competition: slug } = route.useParams();
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  useTitle(competition && t('title', { title: competition.title }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading lines={8} />;
  return (
    <Stack className={card.wide}>
      <PageHeading>{t('title', { title: competition.title })}</PageHeading>
      <Link to="/competitions/$competition" params={{ competition: slug }}>
        {competition.title}
      </Link>
      <div className={card.card}>
        <JoinCompetition competition={competition} />
      </div>
    </Stack>
  );
}
