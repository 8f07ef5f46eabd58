import { Text, TextInput, Title } from '@mantine/core';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmButton } from '../../accounts/confirm-button.js';
import { Form } from '../../accounts/form.js';
import { meQuery } from '../../api/me.js';
import { apiPath, bySchema, nothing, request } from '../../api/request.js';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { Row, Rows } from '../../parts/rows.js';
import { SectionCard } from '../../parts/section-card.js';
import { OrganiseFrame } from './organise-frame.js';

const route = getRouteApi('/competitions/$competition/organise/organisers');
const check = bySchema(({ organiserListSchema }) => organiserListSchema);

/** Who organises a competition; a site administrator says who does. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  return (
    <OrganiseFrame competition={slug} title={t('organisers')}>
      {() => <Organisers slug={slug} />}
    </OrganiseFrame>
  );
}

function Organisers({ slug }: { readonly slug: string }) {
  const { t } = useTranslation('organise');
  const { date } = useFormat();
  const { data: me } = useQuery(meQuery);
  const { data, error, refetch } = useQuery(organisersQuery(slug));
  const changed = useOrganisersChanged(slug);
  const organisers = data?.organisers ?? [];
  const isAdmin = me?.user?.siteAdmin === true;
  const remove = async (id: string): Promise<void> => {
    await request(apiPath('competitions', slug, 'organisers', id), nothing, { method: 'DELETE' });
    await changed();
  };
  return (
    <>
      <Title size="h2" mb="sm">
        {t('organisers')}
      </Title>
      <Text size="sm" mb="sm" maw={760}>
        {t(isAdmin ? 'organisersExplained' : 'organisersAskAdmin')}
      </Text>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && organisers.length === 0 && <Empty title={t('noOrganisers')} />}
      <Rows label={t('organisers')}>
        {organisers.map(({ id, name, email, since }) => (
          <Row
            key={id}
            title={<strong>{id === me?.user?.id ? t('you', { name }) : name}</strong>}
            facts={[email, t('organiserSince', { time: date(since) })]}
          >
            {isAdmin && (
              <ConfirmButton
                action={t('removeOrganiser')}
                of={name}
                question={t('removeOrganiserQuestion', { name })}
                onConfirm={() => remove(id)}
              >
                {t('removeOrganiserNote', { name })}
              </ConfirmButton>
            )}
          </Row>
        ))}
      </Rows>
      {isAdmin && <AddOrganiser slug={slug} />}
    </>
  );
}

function AddOrganiser({ slug }: { readonly slug: string }) {
  const { t } = useTranslation('organise');
  const changed = useOrganisersChanged(slug);
  const add = async ({ email }: Readonly<Record<string, string>>): Promise<void> => {
    await request(apiPath('competitions', slug, 'organisers'), check, { method: 'POST', body: { email } });
    await changed();
  };
  return (
    <SectionCard title={t('addOrganiser')}>
      <Form submit={t('addOrganiserSubmit')} onSubmit={add} done={t('organiserAdded')} clears>
        <TextInput
          name="email"
          type="email"
          label={t('organiserEmail')}
          description={t('organiserEmailNote')}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={254}
        />
      </Form>
    </SectionCard>
  );
}

function organisersQuery(competition: string) {
  return queryOptions({
    queryKey: ['organise', competition, 'organisers'],
    queryFn: ({ signal }) => request(apiPath('competitions', competition, 'organisers'), check, { signal }),
    staleTime: 0,
  });
}

function useOrganisersChanged(competition: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => await client.invalidateQueries({ queryKey: organisersQuery(competition).queryKey });
}
