import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { askAuth, postAuth } from '../../accounts/ask-auth.js';
import { waitingDeviceSchema } from '../../accounts/auth-answers.js';
import { Form } from '../../accounts/form.js';
import { Refusal } from '../../accounts/refusal.js';
import { bySchema, nothing } from '../../api/request.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';

interface AnswerDeviceProps {
  readonly code: string;
  readonly email: string;
  readonly onAnswer: (answer: 'approved' | 'denied') => void;
  readonly onOther: () => void;
}

/** What any other one calls itself is its own word. */
const ourCommand = 'holdout-cli';

/** What waits with this code, and whether it is let in. Whoever made a person open this page may be the one who waits. */
export function AnswerDevice({ code, email, onAnswer, onOther }: AnswerDeviceProps) {
  const { t } = useTranslation('device');
  const { data: waiting, error } = useQuery({
    queryKey: ['device', code],
    queryFn: ({ signal }) =>
      askAuth(
        `device?user_code=${encodeURIComponent(code)}`,
        bySchema(() => waitingDeviceSchema),
        { signal },
      ),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const other = (
    <Button variant="default" onClick={onOther}>
      {t('otherCode')}
    </Button>
  );
  if (error) {
    return (
      <Stack>
        <PageHeading>{t('title')}</PageHeading>
        <Refusal error={error} />
        <div>{other}</div>
      </Stack>
    );
  }
  if (!waiting) return <Loading lines={3} />;
  if (waiting.status !== 'pending' || !waiting.client_id) {
    return (
      <Stack>
        <PageHeading>{t('title')}</PageHeading>
        <Text role="alert">{t('answered')}</Text>
        <div>{other}</div>
      </Stack>
    );
  }
  const answer = async (path: 'approve' | 'deny'): Promise<void> => {
    await postAuth(`device/${path}`, { userCode: code }, nothing);
    onAnswer(path === 'approve' ? 'approved' : 'denied');
  };
  return (
    <Stack>
      <PageHeading takesFocus>
        {waiting.client_id === ourCommand ? t('question', { client: ourCommand }) : t('questionOfOther')}
      </PageHeading>
      <Text>{t('sameCode', { code })}</Text>
      <Text>{t(`may_${scopeOf(waiting.scope)}`, { email })}</Text>
      <Text size="sm" c="dimmed">
        {t('warning')}
      </Text>
      <Group>
        <Form submit={t('approve')} onSubmit={() => answer('approve')} />
        <Form submit={t('deny')} weight="plain" onSubmit={() => answer('deny')} />
      </Group>
    </Stack>
  );
}

/** The widest that was asked for; all where nothing was, as the server takes it. */
function scopeOf(asked: string | null | undefined): 'read' | 'submit' | 'organise' {
  const words = asked?.split(' ') ?? [];
  if (words.includes('organise')) return 'organise';
  if (words.includes('submit')) return 'submit';
  return words.includes('read') ? 'read' : 'organise';
}
