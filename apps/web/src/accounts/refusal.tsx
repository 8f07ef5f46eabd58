import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Failure } from '../parts/failure.js';
import { AuthRefusal } from './ask-auth.js';
import { words } from './words.en.js';

type RefusalWords = Extract<keyof typeof words, `refused_${string}`>;

/** Why something was refused, and what to do next, announced as it appears. */
export function Refusal({ error }: { readonly error: unknown }) {
  const { t } = useTranslation('accounts');
  if (!(error instanceof AuthRefusal)) return <Failure error={error} />;
  const key = `refused_${error.code}`;
  return (
    <Alert role="alert" color="red">
      {isKnown(key) ? t(key) : t('refused', { message: error.message })}
    </Alert>
  );
}

function isKnown(key: string): key is RefusalWords {
  return Object.hasOwn(words, key);
}
