import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { postAuth } from '../../accounts/ask-auth.js';
import { withNext } from '../../accounts/next-page.js';
import { Refusal } from '../../accounts/refusal.js';
import { signInOptionsQuery } from '../../accounts/sign-in-options.js';
import { byShape } from '../../api/check-shape.js';

interface InstitutionButtonProps {
  readonly next: string | undefined;
  /** What stands between it and the form. */
  readonly divider: ReactNode;
}

/** The way in by an institution; nothing where none is configured. */
export function InstitutionButton({ next, divider }: InstitutionButtonProps) {
  const { t } = useTranslation('signIn');
  const { data: options } = useQuery(signInOptionsQuery);
  const institution = options?.institution;
  const { mutate, error } = useMutation({
    mutationFn: async (provider: string) => {
      const body = {
        provider,
        callbackURL: next ?? '/',
        errorCallbackURL: withNext('/sign-in', next),
      };
      const { url } = await postAuth('sign-in/social', body, byShape<{ url: string }>('way', { url: 'string' }));
      location.assign(url);
    },
  });
  if (!institution) return null;
  return (
    <>
      {divider}
      <Button variant="default" onClick={() => mutate(institution.provider)}>
        {t('byInstitution', { name: institution.name })}
      </Button>
      {error && <Refusal error={error} />}
    </>
  );
}
