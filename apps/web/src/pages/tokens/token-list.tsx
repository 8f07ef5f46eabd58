import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { revokeToken, tokensQuery } from './tokens.js';

/** Each with what it may do and when it was last used. */
export function TokenList() {
  const { t } = useTranslation('tokens');
  const { date, relative } = useFormat();
  const queries = useQueryClient();
  const { data: tokens, error, refetch } = useQuery(tokensQuery);
  const revoke = async (id: string): Promise<void> => {
    await revokeToken(id);
    await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <SectionCard title={t('yours')}>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!tokens && !error && <Loading lines={2} />}
      {tokens?.length === 0 && <Empty title={t('none')} />}
      {tokens && tokens.length > 0 && (
        <Rows label={t('yours')}>
          {tokens.map(({ id, name, scope, competition, createdAt, expiresAt, lastUsedAt }) => (
            <Row
              key={id}
              title={<strong>{name}</strong>}
              facts={[
                t(`scope_${scope}`),
                competition === null ? null : t('onlyFor', { competition }),
                lastUsedAt === null ? t('neverUsed') : t('lastUsed', { time: relative(lastUsedAt) }),
                expiresAt === null ? t('untilRevoked') : t('expires', { time: date(expiresAt) }),
                t('made', { time: date(createdAt) }),
              ]}
            >
              <ConfirmButton action={t('revoke')} of={name} question={t('revokeQuestion')} onConfirm={() => revoke(id)}>
                {t('revokeNote', { name })}
              </ConfirmButton>
            </Row>
          ))}
        </Rows>
      )}
    </SectionCard>
  );
}
