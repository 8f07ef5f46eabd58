import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { competitionsQuery } from '../../api/competitions.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { useTitle } from '../../parts/use-title.js';

/** The competitions of this server; of one that has just come, its leaderboard. */
export function Page() {
  const { t } = useTranslation('home');
  const { data: competitions, error, refetch } = useQuery(competitionsQuery);
  useTitle(t('title'));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!competitions) return <Loading />;
  const [first, ...others] = competitions;
  if (!first) return <Empty title={t('none')}>{t('noneNext')}</Empty>;
  if (others.length === 0) {
    const params = { competition: first.competition };
    return <Navigate to="/competitions/$competition/leaderboard" params={params} replace />;
  }
  return (
    <Stack>
      <Title>{t('title')}</Title>
      {competitions.map(({ competition, title, phases }) => (
        <Card key={competition} withBorder>
          <Title order={2} size="h4">
            <Link to="/competitions/$competition/leaderboard" params={{ competition }}>
              {title}
            </Link>
          </Title>
          <Text c="dimmed">{t('phases', { count: phases.length })}</Text>
          <Group gap="md" mt={4}>
            <Link to="/competitions/$competition" params={{ competition }}>
              {t('about')}
            </Link>
            <Link to="/competitions/$competition" params={{ competition }} hash="starter-kit">
              {t('starterKit')}
            </Link>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
