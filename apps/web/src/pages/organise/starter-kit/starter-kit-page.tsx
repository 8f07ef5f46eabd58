import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { starterBundlesQuery } from '../../../api/starter-kit.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { OrganiseFrame } from '../organise-frame.js';
import { type Engine, StarterBundleCard } from './starter-bundle-card.js';

const route = getRouteApi('/competitions/$competition/organise/starter-kit');
const engines: readonly Engine[] = ['onnx', 'tfjs', 'command'];

/** Which sample bundles those who begin are given, one of each engine. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  const { data, error, refetch } = useQuery(starterBundlesQuery(slug));
  return (
    <OrganiseFrame competition={slug} title={t('starterKit')}>
      {() => (
        <>
          <Title size="h2" mb="sm">
            {t('starterKit')}
          </Title>
          <Text mb="md" maw={860}>
            {t('starterKitIntro')}{' '}
            <Link to="/competitions/$competition" params={{ competition: slug }} hash="starter-kit">
              {t('starterKitShown')}
            </Link>
          </Text>
          {error && <Failure error={error} onRetry={() => void refetch()} />}
          {!data && !error && <Loading lines={6} />}
          {data &&
            engines.map((engine) => (
              <StarterBundleCard
                key={engine}
                competition={slug}
                engine={engine}
                bundle={data.bundles.find((each) => each.engine === engine) ?? null}
              />
            ))}
        </>
      )}
    </OrganiseFrame>
  );
}
