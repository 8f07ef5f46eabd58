import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { NewToken } from './new-token.js';
import { ShownToken } from './shown-token.js';
import { TokenList } from './token-list.js';
import type { CreatedToken } from './tokens.js';

/** What lets programs act in a person's place. */
export function Page() {
  const { t } = useTranslation('tokens');
  const [created, setCreated] = useState<CreatedToken>();
  useTitle(t('title'));
  return (
    <SignedIn>
      {() => (
        <Stack className={card.wide} gap="lg">
          <PageHeading>{t('title')}</PageHeading>
          <Text>{t('intro')}</Text>
          {created && <ShownToken key={created.id} token={created} onKept={() => setCreated(undefined)} />}
          <NewToken onCreated={setCreated} />
          <TokenList />
        </Stack>
      )}
    </SignedIn>
  );
}
