import { Tabs, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { useTitle } from '../../parts/use-title.js';
import { PhaseBoard } from './phase-board.js';

const route = getRouteApi('/competitions/$competition/leaderboard');

/** The leaderboards of a competition, a tab for each phase. */
export function Page() {
  const { t } = useTranslation('leaderboard');
  const { competition: slug } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  useTitle(competition && t('titleOf', { competition: competition.title }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading lines={10} />;
  const chosen = competition.phases.find(({ phase }) => phase === search.phase) ?? competition.phases[0];
  return (
    <>
      <Title size="h2" mb="sm">
        {competition.title}
      </Title>
      {!chosen && <Empty title={t('noPhases')} />}
      {chosen && (
        <Tabs
          value={chosen.phase}
          keepMounted={false}
          // Another phase is another board: what was chosen for the one says nothing of the other.
          onChange={(phase) => phase && void navigate({ to: '.', search: { phase }, resetScroll: false })}
        >
          <Tabs.List mb="md" aria-label={t('phases')}>
            {competition.phases.map(({ phase, title }) => (
              <Tabs.Tab key={phase} value={phase}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={chosen.phase}>
            <PhaseBoard key={chosen.phase} competition={slug} phase={chosen} />
          </Tabs.Panel>
        </Tabs>
      )}
    </>
  );
}
