import { Stack, Text, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Form } from '../../accounts/form.js';
import { type Person, SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { Empty } from '../../parts/empty.js';
import { PageHeading } from '../../parts/page-heading.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { useTitle } from '../../parts/use-title.js';
import { ReceivedInvitations } from './received-invitations.js';
import { makeTeam, useTeamsChanged } from './teams.js';

/** The reader's teams, and those that invite them. */
export function Page() {
  const { t } = useTranslation('teams');
  useTitle(t('title'));
  return (
    <SignedIn>
      {(person) => (
        <Stack className={card.wide} gap="lg">
          <PageHeading>{t('title')}</PageHeading>
          <ReceivedInvitations />
          <OwnTeams person={person} />
          <NewTeam />
        </Stack>
      )}
    </SignedIn>
  );
}

function OwnTeams({ person: { teams, competitions } }: { readonly person: Person }) {
  const { t } = useTranslation('teams');
  if (teams.length === 0) return <Empty title={t('noTeam')}>{t('noTeamNote')}</Empty>;
  return (
    <SectionCard title={t('yours')}>
      <Rows label={t('yours')}>
        {teams.map(({ id, name, role }) => (
          <Row
            key={id}
            title={
              <Link to="/teams/$team" params={{ team: id }}>
                <strong>{name}</strong>
              </Link>
            }
            facts={[
              t(`role_${role}`),
              ...competitions.filter(({ team }) => team.id === id).map(({ competition }) => competition),
            ]}
          />
        ))}
      </Rows>
    </SectionCard>
  );
}

function NewTeam() {
  const { t } = useTranslation('teams');
  const navigate = useNavigate();
  const changed = useTeamsChanged();
  const make = async ({ name = '' }: Readonly<Record<string, string>>): Promise<void> => {
    const { id } = await makeTeam(name);
    await changed();
    await navigate({ to: '/teams/$team', params: { team: id } });
  };
  return (
    <SectionCard title={t('make')}>
      <Text size="sm" c="dimmed">
        {t('makeNote')}
      </Text>
      <Form submit={t('make')} onSubmit={make}>
        <TextInput
          name="name"
          label={t('name')}
          description={t('nameNote')}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={100}
        />
      </Form>
    </SectionCard>
  );
}
