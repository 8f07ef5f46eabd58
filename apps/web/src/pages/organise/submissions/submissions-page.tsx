import type { Competition } from '@holdout/contracts';
import { Button, Group, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../../parts/empty.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { OrganiseFrame } from '../organise-frame.js';
import { submissionsQuery } from './read-submissions.js';
import { RerunPhase } from './rerun-phase.js';
import { type SearchChange, SubmissionFilters } from './submission-filters.js';
import { prune, type SubmissionSearch } from './submission-search.js';
import { SubmissionTable } from './submission-table.js';

const route = getRouteApi('/competitions/$competition/organise');
/** Letters that follow each other this fast are one question. */
const typingMilliseconds = 250;

/** The submissions of a competition, by whatever filter, and what an organiser does with them. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  return (
    <OrganiseFrame competition={slug} title={t('submissions')}>
      {(competition) => <Submissions competition={competition} />}
    </OrganiseFrame>
  );
}

function Submissions({ competition }: { readonly competition: Competition }) {
  const { t } = useTranslation('organise');
  const search = route.useSearch();
  const [asked] = useDebouncedValue(search, typingMilliseconds);
  const navigate = route.useNavigate();
  const change = (to: (old: SubmissionSearch) => SubmissionSearch) =>
    void navigate({ to: '.', search: to, replace: true, resetScroll: false });
  const onSearch = (each: SearchChange) => change((old) => prune({ ...old, ...each }) as SubmissionSearch);
  const query = submissionsQuery(competition.competition, asked);
  const found = useInfiniteQuery({ ...query, placeholderData: keepPreviousData });
  const submissions = found.data?.pages.flatMap((page) => page.submissions) ?? [];
  const total = found.data?.pages[0]?.total;
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title size="h2">{t('submissions')}</Title>
        <RerunPhase competition={competition} />
      </Group>
      <SubmissionFilters
        competition={competition}
        search={search}
        onSearch={onSearch}
        onClear={() => change(() => ({}))}
      />
      {found.error && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Loading lines={8} />}
      {total !== undefined && (
        <Text size="sm" c="dimmed" mb={4} role="status">
          {t('submissionsFound', { count: total })}
        </Text>
      )}
      {submissions.length > 0 && <SubmissionTable competition={competition} submissions={submissions} />}
      {total === 0 && <Empty title={t('noSubmissions')}>{t('noSubmissionsNext')}</Empty>}
      {found.hasNextPage && (
        <Button mt="sm" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}
