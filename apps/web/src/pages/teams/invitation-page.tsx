import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { AnswerInvitation } from './answer-invitation.js';
import { invitationsQuery } from './teams.js';

const route = getRouteApi('/invitations/$invitation');

/** Where the link of a mail leads. Who has another address here than the invited one answers by the link's secret. */
export function Page() {
  const { t } = useTranslation('teams');
  useTitle(t('invitation'));
  return (
    <SignedIn>
      {({ user }) => (
        <div className={`${card.card} ${card.narrow}`}>
          <Invitation email={user.email} />
        </div>
      )}
    </SignedIn>
  );
}

function Invitation({ email }: { readonly email: string }) {
  const { t } = useTranslation('teams');
  const { invitation: id } = route.useParams();
  const { secret } = route.useSearch();
  const { data: invitations, error, refetch } = useQuery(invitationsQuery);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!invitations) return <Loading lines={3} />;
  const own = invitations.find((each) => each.id === id);
  return (
    <Stack>
      <PageHeading>{own ? t('invitedTo', { team: own.team.name }) : t('invitation')}</PageHeading>
      {own && <Text>{t('invitedBy', { name: own.invitedBy })}</Text>}
      {!own && <Text>{secret === undefined ? t('notYours', { email }) : t('toOtherAddress', { email })}</Text>}
      {own && <Text>{t('acceptMeans')}</Text>}
      {(own || secret !== undefined) && <AnswerInvitation id={id} secret={secret} />}
    </Stack>
  );
}
