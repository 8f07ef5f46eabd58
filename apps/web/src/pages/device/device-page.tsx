import { Stack, Text, TextInput } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Form } from '../../accounts/form.js';
import { readUserCode } from '../../accounts/link-search.js';
import { SignedIn } from '../../accounts/signed-in.js';
import card from '../../parts/card.module.css';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { AnswerDevice } from './answer-device.js';

const route = getRouteApi('/device');

/** Where `holdout login` sends a person: the code that the terminal shows, and whether to let the command in. */
export function Page() {
  const { t } = useTranslation('device');
  const { user_code: code } = route.useSearch();
  const navigate = useNavigate();
  const [answer, setAnswer] = useState<'approved' | 'denied'>();
  useTitle(t('title'));
  return (
    <SignedIn>
      {({ user }) => (
        <div className={`${card.card} ${card.narrow}`}>
          {answer && (
            <Stack>
              <PageHeading takesFocus>{t(answer)}</PageHeading>
              <Text>{t(`${answer}Note`)}</Text>
              <Link to="/tokens">{t('toTokens')}</Link>
            </Stack>
          )}
          {!answer && code !== undefined && (
            <AnswerDevice
              code={code}
              email={user.email}
              onAnswer={setAnswer}
              onOther={() => void navigate({ to: '/device' })}
            />
          )}
          {!answer && code === undefined && (
            <Stack>
              <PageHeading>{t('title')}</PageHeading>
              <Form
                submit={t('goOn')}
                onSubmit={async ({ code: typed = '' }) => {
                  await navigate({ to: '/device', search: { user_code: readUserCode(typed) } });
                }}
              >
                <TextInput
                  name="code"
                  label={t('code')}
                  description={t('codeNote')}
                  required
                  withAsterisk={false}
                  autoComplete="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={20}
                />
              </Form>
            </Stack>
          )}
        </div>
      )}
    </SignedIn>
  );
}
