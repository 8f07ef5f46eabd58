import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { GiveSecondFactor } from '../../accounts/give-second-factor.js';
import { SignedIn } from '../../accounts/signed-in.js';
import { ProblemError } from '../../api/problem-error.js';
import { apiPath, bySchema, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import card from '../../parts/card.module.css';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTitle } from '../../parts/use-title.js';
import styles from './outbox-page.module.css';
import { splitLinks } from './split-links.js';

/** New mails appear by themselves. */
const refreshMilliseconds = 3000;

/** The mails of a server without a mail server, for who runs it. */
export function Page() {
  const { t } = useTranslation('outbox');
  useTitle(t('title'));
  return (
    <SignedIn>
      {({ user }) => (
        <Stack className={card.wide} gap="lg">
          <PageHeading>{t('title')}</PageHeading>
          <Text>{t('intro')}</Text>
          {user.secondFactorDue ? <GiveSecondFactor /> : <Mails />}
        </Stack>
      )}
    </SignedIn>
  );
}

function Mails() {
  const { t } = useTranslation('outbox');
  const { dateTime } = useFormat();
  const { data, error, refetch } = useQuery({
    queryKey: ['outbox'],
    queryFn: ({ signal }) =>
      request(
        apiPath('outbox'),
        bySchema(({ outboxSchema }) => outboxSchema),
        { signal },
      ),
    refetchInterval: refreshMilliseconds,
    staleTime: 0,
  });
  if (error instanceof ProblemError && error.status === 404) return <Empty title={t('noOutbox')} />;
  if (error instanceof ProblemError && error.code === 'not_allowed') return <Empty title={t('notYours')} />;
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.mails.length === 0) return <Empty title={t('none')}>{t('noneNote')}</Empty>;
  return data.mails.map(({ id, at, to, subject, text }) => (
    <SectionCard key={id} title={subject}>
      <Text size="sm" c="dimmed">
        {t('toAt', { to, time: dateTime(at) })}
      </Text>
      <div className={styles.text}>
        {splitLinks(text).map(({ text: part, isLink, start }) =>
          isLink ? (
            <a key={start} href={part}>
              {part}
            </a>
          ) : (
            part
          ),
        )}
      </div>
    </SectionCard>
  ));
}
