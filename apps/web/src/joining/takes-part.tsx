import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { NamedTeam } from './choose-team.js';

interface TakesPartProps {
  readonly competition: string;
  readonly team: NamedTeam;
}

/** That they take part, and what is next. */
export function TakesPart({ competition, team }: TakesPartProps) {
  const { t } = useTranslation('joining');
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The form that had the focus is gone.
    if (document.activeElement === document.body) words.current?.focus();
  }, []);
  return (
    <Stack gap="xs">
      <Text tabIndex={-1} ref={words}>
        {t('takesPart', { team: team.name })}
      </Text>
      <ul>
        <li>
          <Link to="/competitions/$competition/submissions" params={{ competition }}>
            {t('toSubmit')}
          </Link>
        </li>
        <li>
          <Link to="/teams/$team" params={{ team: team.id }}>
            {t('toTeam')}
          </Link>
        </li>
        <li>
          <Link to="/tokens">{t('toTokens')}</Link>
        </li>
        <li>
          <Link to="/competitions/$competition" params={{ competition }} hash="take-part">
            {t('toHow')}
          </Link>
        </li>
      </ul>
    </Stack>
  );
}
