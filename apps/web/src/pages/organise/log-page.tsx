import { Button, SegmentedControl, Text, Title } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { apiPath, bySchema, request } from '../../api/request.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { AuditTable } from './audit-table.js';
import type { LogSearch } from './log-search.js';
import { OrganiseFrame } from './organise-frame.js';

const route = getRouteApi('/competitions/$competition/organise/log');
const check = bySchema(({ auditLogSchema }) => auditLogSchema);

/** Who looked at hidden data, and when; or everything that organisers did. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  return (
    <OrganiseFrame competition={slug} title={t('log')}>
      {() => <Log slug={slug} />}
    </OrganiseFrame>
  );
}

function Log({ slug }: { readonly slug: string }) {
  const { t } = useTranslation('organise');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const log = useInfiniteQuery(logQuery(slug, search));
  const acts = log.data?.pages.flatMap((page) => page.acts) ?? [];
  const change = (about: string) =>
    void navigate({ to: '.', search: about === 'everything' ? { about } : {}, replace: true });
  return (
    <>
      <Title size="h2" mb="sm">
        {t('log')}
      </Title>
      <SegmentedControl
        mb="sm"
        value={search.about ?? 'hidden-data'}
        onChange={change}
        aria-label={t('logAbout')}
        data={[
          { value: 'hidden-data', label: t('aboutHiddenData') },
          { value: 'everything', label: t('aboutEverything') },
        ]}
      />
      <Text size="sm" mb="sm">
        {t('logExplained')}
      </Text>
      {log.error && <Failure error={log.error} onRetry={() => void log.refetch()} />}
      {!log.data && !log.error && <Loading />}
      {log.data && acts.length === 0 && <Empty title={t('noActs')} />}
      {acts.length > 0 && <AuditTable acts={acts} />}
      {log.hasNextPage && (
        <Button mt="sm" variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  );
}

function logQuery(competition: string, { about }: LogSearch) {
  return infiniteQueryOptions({
    queryKey: ['organise', competition, 'log', about],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(about === 'everything' ? {} : { about: 'hidden-data' });
      if (pageParam !== null) query.set('before', String(pageParam));
      return request(`${apiPath('competitions', competition, 'audit')}?${query}`, check, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  });
}
