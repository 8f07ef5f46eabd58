import { Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import type { ReadyBundle } from './check-chosen.js';
import styles from './submit-page.module.css';

interface ReadyFormProps {
  readonly bundle: ReadyBundle;
  /** Whether the quota allows a submission now. */
  readonly isAllowed: boolean;
  readonly onSubmit: (fields: Readonly<Record<string, string>>) => void;
  readonly onOther: () => void;
}

/** A bundle that is in order: what it is, what is chosen beside it, and the word to send it. */
export function ReadyForm({ bundle, isAllowed, onSubmit, onOther }: ReadyFormProps) {
  const { t } = useTranslation('submit');
  const { size, list } = useFormat();
  const [name, setName] = useState(bundle.name);
  const [stopOnWarning, setStopOnWarning] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const words = name.trim();
    const isOther = words !== '' && words !== bundle.name;
    onSubmit({ ...(isOther ? { name: words } : {}), ...(stopOnWarning ? { stopOnWarning: 'true' } : {}) });
  };
  return (
    <form onSubmit={send} className={styles.card}>
      <Stack gap="md">
        <Title order={2} size="h4">
          <span aria-hidden="true">✓ </span>
          {t('ready')}
        </Title>
        <dl className={styles.facts}>
          <dt>{t('model')}</dt>
          <dd>{bundle.name}</dd>
          <dt>{t('engine')}</dt>
          <dd>{bundle.engine}</dd>
          <dt>{t('file')}</dt>
          <dd>{t('fileOf', { name: bundle.file.name, size: size(bundle.file.size), count: bundle.files })}</dd>
        </dl>
        {bundle.litter.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('litter', { names: list(bundle.litter.slice(0, 10)) })}
          </Text>
        )}
        <TextInput
          label={t('nameOnBoard')}
          description={t('nameNote')}
          value={name}
          maxLength={100}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Checkbox
          label={t('stopOnWarning')}
          description={t('stopOnWarningNote')}
          checked={stopOnWarning}
          onChange={({ currentTarget }) => setStopOnWarning(currentTarget.checked)}
        />
        <Group>
          <Button type="submit" disabled={!isAllowed}>
            {t('submit')}
          </Button>
          <Button variant="default" onClick={onOther}>
            {t('chooseAnother')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
