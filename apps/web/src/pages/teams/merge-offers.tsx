import type { Team } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { apiPath, nothing, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import { Row, Rows } from '../../parts/rows.js';
import { useTeamsChanged } from './teams.js';

/** Merges that wait for the other team's owner, or for the reader; nothing where there is none. */
export function MergeOffers({ team }: { readonly team: Team }) {
  const { t } = useTranslation('teams');
  const { date } = useFormat();
  const changed = useTeamsChanged();
  const answer = async (otherId: string, accepts: boolean): Promise<void> => {
    const path = apiPath('teams', team.id, 'merge-offers', otherId);
    if (accepts) await request(`${path}/accept`, nothing, { method: 'POST' });
    else await request(path, nothing, { method: 'DELETE' });
    await changed();
  };
  if (team.mergeOffers.length === 0) return null;
  return (
    <Rows label={t('mergeOffers')}>
      {team.mergeOffers.map(({ from, into, offeredAt }) => {
        const isOurs = from.id === team.id;
        const other = isOurs ? into : from;
        return (
          <Row
            key={other.id}
            title={t(isOurs ? 'offeredTo' : 'offeredBy', { team: other.name })}
            facts={[t('since', { time: date(offeredAt) })]}
          >
            {!isOurs && (
              <ConfirmButton
                action={t('takeIn')}
                of={other.name}
                question={t('mergeQuestion', { from: other.name, into: team.name })}
                onConfirm={() => answer(other.id, true)}
              >
                {t('mergeNote', { from: other.name, into: team.name })}
              </ConfirmButton>
            )}
            <ConfirmButton
              action={isOurs ? t('withdraw') : t('decline')}
              of={other.name}
              question={t('endOffer')}
              onConfirm={() => answer(other.id, false)}
            >
              {t('endOfferNote')}
            </ConfirmButton>
          </Row>
        );
      })}
    </Rows>
  );
}
