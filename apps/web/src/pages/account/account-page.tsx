import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { GiveSecondFactor } from '../../accounts/give-second-factor.js';
import { SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { EmailSection } from './email-section.js';
import { NameSection } from './name-section.js';
import { PasswordSection } from './password-section.js';
import { SessionsSection } from './sessions-section.js';
import { TwoFactorSection } from './two-factor-section.js';

/** Who a person is here, and how they sign in. */
export function Page() {
  const { t } = useTranslation('account');
  useTitle(t('title'));
  return (
    <SignedIn>
      {({ user }) => (
        <Stack className={card.wide} gap="lg">
          <PageHeading>{t('title')}</PageHeading>
          {user.secondFactorDue && <GiveSecondFactor />}
          <NameSection user={user} />
          <EmailSection user={user} />
          <PasswordSection user={user} />
          <TwoFactorSection user={user} />
          <SessionsSection />
        </Stack>
      )}
    </SignedIn>
  );
}
