import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { Form } from '../../accounts/form.js';
import type { Person } from '../../accounts/signed-in.js';
import { meQuery } from '../../api/me.js';
import { nothing } from '../../api/request.js';
import { SectionCard } from '../../parts/section-card.js';

export function NameSection({ user }: Pick<Person, 'user'>) {
  const { t } = useTranslation('account');
  const queries = useQueryClient();
  const save = async ({ name = '' }: Readonly<Record<string, string>>): Promise<void> => {
    await postAuth('update-user', { name }, nothing);
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  return (
    <SectionCard title={t('name')}>
      <Form submit={t('save')} onSubmit={save} done={t('saved')}>
        <TextInput
          name="name"
          label={t('name')}
          description={t('nameNote')}
          defaultValue={user.name}
          required
          withAsterisk={false}
          autoComplete="name"
          maxLength={100}
        />
      </Form>
    </SectionCard>
  );
}
