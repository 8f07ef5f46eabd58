import { Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { GiveSecondFactor } from '../../accounts/give-second-factor.js';
import { meQuery } from '../../api/me.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { useTitle } from '../../parts/use-title.js';
import { InstallationFacts } from './installation-facts.js';
import { Queues } from './queues.js';
import { Workers } from './workers.js';

/** What those need who keep the server running: workers, queues, storage and versions. */
export function Page() {
  const { t } = useTranslation('operate');
  const { data: me, error } = useQuery(meQuery);
  useTitle(t('title'));
  if (error) return <Failure error={error} />;
  if (!me) return <Loading />;
  if (!me.user?.siteAdmin) return <Empty title={t('notOperator')}>{t('notOperatorNext')}</Empty>;
  if (me.user.secondFactorDue) return <GiveSecondFactor />;
  return (
    <Stack gap="lg">
      <Title size="h2">{t('title')}</Title>
      <div>
        <Title order={2} size="h3" mb="xs">
          {t('workers')}
        </Title>
        <Workers />
      </div>
      <div>
        <Title order={2} size="h3" mb="xs">
          {t('queues')}
        </Title>
        <Queues />
      </div>
      <InstallationFacts />
    </Stack>
  );
}
