import type { Competition } from '@holdout/contracts';
import { Group, NativeSelect, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { AgreementMatrix } from './agreement-matrix.js';
import { OrganiseFrame } from './organise-frame.js';
import { agreementQuery } from './test-sets/read-test-set.js';

const route = getRouteApi('/competitions/$competition/organise/agreement');

/** How well the readers of a phase's test set agree with each other. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  return (
    <OrganiseFrame competition={slug} title={t('agreement')}>
      {(competition) => <Agreement competition={competition} />}
    </OrganiseFrame>
  );
}

function Agreement({ competition }: { readonly competition: Competition }) {
  const { t } = useTranslation('organise');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const phase = competition.phases.find((each) => each.phase === search.phase) ?? competition.phases[0];
  const version = search.version ?? phase?.testSetVersion ?? '';
  const address = { competition: competition.competition, phase: phase?.phase ?? '' };
  const {
    data: agreement,
    error,
    refetch,
  } = useQuery({ ...agreementQuery(address, version), enabled: phase !== undefined });
  if (!phase) return <Empty title={t('noPhases')} />;
  return (
    <>
      <Group justify="space-between" align="end" mb="sm">
        <Title size="h2">{t('agreement')}</Title>
        <NativeSelect
          size="xs"
          label={t('phase')}
          value={phase.phase}
          onChange={({ currentTarget: { value } }) => void navigate({ to: '.', search: { phase: value } })}
          data={competition.phases.map((each) => ({ value: each.phase, label: each.title }))}
        />
      </Group>
      <Text size="sm" mb="sm" maw={760}>
        {t('agreementExplained')}
      </Text>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!agreement && !error && <Loading />}
      {agreement && agreement.readers.length < 2 && <Empty title={t('tooFewReaders')} />}
      {agreement && agreement.readers.length >= 2 && <AgreementMatrix agreement={agreement} />}
    </>
  );
}
