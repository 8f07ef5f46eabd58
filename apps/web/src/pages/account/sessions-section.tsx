import { Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { Refusal } from '../../accounts/refusal.js';
import { nothing } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import { Loading } from '../../parts/loading.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { describeBrowser } from './describe-browser.js';
import { type Session, sessionsQuery } from './sessions.js';

/** Where one is signed in, and the way to end it there. */
export function SessionsSection() {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const { data: sessions, error } = useQuery(sessionsQuery);
  const end = async (path: string, body: object): Promise<void> => {
    await postAuth(path, body, nothing);
    await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
  return (
    <SectionCard title={t('sessions')}>
      <Text size="sm" c="dimmed">
        {t('sessionsIntro')}
      </Text>
      {error && <Refusal error={error} />}
      {!sessions && !error && <Loading lines={2} />}
      {sessions && (
        <Rows label={t('sessions')}>
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              onEnd={() => end('revoke-session', { token: session.token })}
            />
          ))}
        </Rows>
      )}
      {sessions && sessions.length > 1 && (
        <div>
          <ConfirmButton
            action={t('endOthers')}
            question={t('endOthersQuestion')}
            onConfirm={() => end('revoke-other-sessions', {})}
          >
            {t('endOthersNote')}
          </ConfirmButton>
        </div>
      )}
    </SectionCard>
  );
}

interface SessionRowProps {
  readonly session: Session;
  readonly onEnd: () => Promise<void>;
}

function SessionRow({ session, onEnd }: SessionRowProps) {
  const { t } = useTranslation('account');
  const { dateTime, relative } = useFormat();
  const { browser, system } = describeBrowser(session.userAgent ?? '');
  const place = t('browserOn', { browser: browser ?? t('someBrowser'), system: system ?? t('someSystem') });
  return (
    <Row
      title={session.isPresent ? <strong>{t('present', { place })}</strong> : place}
      facts={[
        t('since', { time: dateTime(session.createdAt) }),
        session.isPresent ? null : t('used', { time: relative(session.updatedAt) }),
        session.ipAddress || null,
      ]}
    >
      {!session.isPresent && (
        <ConfirmButton action={t('end')} of={place} question={t('endQuestion')} onConfirm={onEnd}>
          {t('endNote', { place })}
        </ConfirmButton>
      )}
    </Row>
  );
}
