import type { TokenScope } from '@holdout/contracts';
import { NativeSelect, Radio, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Fields, Form } from '../../accounts/form.js';
import { competitionsQuery } from '../../api/competitions.js';
import { SectionCard } from '../../parts/section-card.js';
import { type CreatedToken, makeToken, tokensQuery } from './tokens.js';

const scopes = ['read', 'submit', 'organise'] as const satisfies readonly TokenScope[];
/** Of how many days one may hold; `never` until it is revoked. */
const lifetimes = ['30', '90', '365', 'never'] as const;
const dayMilliseconds = 24 * 60 * 60 * 1000;

/** A name, what it may do, where, and until when. */
export function NewToken({ onCreated }: { readonly onCreated: (token: CreatedToken) => void }) {
  const { t } = useTranslation('tokens');
  const queries = useQueryClient();
  const { data: competitions = [] } = useQuery(competitionsQuery);
  const make = async ({ name = '', scope, competition, lifetime }: Fields): Promise<void> => {
    const created = await makeToken({
      name,
      scope: scopes.find((each) => each === scope) ?? 'read',
      competition: competition || null,
      expiresAt: expiryOf(lifetime),
    });
    onCreated(created);
    await queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  };
  return (
    <SectionCard title={t('make')}>
      <Form submit={t('make')} onSubmit={make} clears>
        <TextInput
          name="name"
          label={t('name')}
          description={t('nameNote')}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={100}
        />
        <Radio.Group name="scope" label={t('scope')} defaultValue="submit">
          <Stack gap="xs" mt={4}>
            {scopes.map((scope) => (
              <Radio key={scope} value={scope} label={t(`scope_${scope}`)} description={t(`scopeNote_${scope}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <NativeSelect
          name="competition"
          label={t('competition')}
          data={[
            { value: '', label: t('allCompetitions') },
            ...competitions.map(({ competition, title }) => ({ value: competition, label: title })),
          ]}
        />
        <NativeSelect
          name="lifetime"
          label={t('lifetime')}
          defaultValue="90"
          data={lifetimes.map((value) => ({
            value,
            label: value === 'never' ? t('untilRevoked') : t('days', { count: Number(value) }),
          }))}
        />
      </Form>
    </SectionCard>
  );
}

function expiryOf(lifetime: string | undefined): string | null {
  const days = Number(lifetime);
  return Number.isFinite(days) ? new Date(Date.now() + days * dayMilliseconds).toISOString() : null;
}
