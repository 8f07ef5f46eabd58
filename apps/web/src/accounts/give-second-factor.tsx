import { Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { nothing } from '../api/request.js';
import { SectionCard } from '../parts/section-card.js';
import { postAuth } from './ask-auth.js';
import { Form } from './form.js';
import { useReadAnew } from './use-read-anew.js';

/** For who is signed in by an institution that did not ask for it: what they do as an organiser needs it. */
export function GiveSecondFactor() {
  const { t } = useTranslation('accounts');
  const readAnew = useReadAnew();
  const give = async ({ code = '' }: Readonly<Record<string, string>>): Promise<void> => {
    const path = /^\s*\d{6}\s*$/.test(code) ? 'two-factor/verify-totp' : 'two-factor/verify-backup-code';
    await postAuth(path, { code: code.trim() }, nothing);
    await readAnew();
  };
  return (
    <SectionCard title={t('secondFactorDue')}>
      <Text size="sm">{t('secondFactorDueNote')}</Text>
      <Form submit={t('giveCode')} onSubmit={give}>
        <TextInput name="code" label={t('code')} required withAsterisk={false} autoComplete="one-time-code" />
      </Form>
    </SectionCard>
  );
}
