import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface NamedTeam {
  readonly id: string;
  readonly name: string;
}

/** What the field `team` holds where another one is made. */
export const newTeamChoice = 'new';

/** One of the reader's own teams, or a new one: the fields `team` and `newTeam`. */
export function ChooseTeam({ teams }: { readonly teams: readonly NamedTeam[] }) {
  const { t } = useTranslation('joining');
  const [choice, setChoice] = useState(teams[0]?.id ?? newTeamChoice);
  return (
    <Stack gap="sm">
      {teams.length > 0 && (
        <Radio.Group name="team" label={t('byTeam')} value={choice} onChange={setChoice}>
          <Stack gap="xs" mt={4}>
            {teams.map(({ id, name }) => (
              <Radio key={id} value={id} label={name} />
            ))}
            <Radio value={newTeamChoice} label={t('newTeam')} />
          </Stack>
        </Radio.Group>
      )}
      {choice === newTeamChoice && (
        <TextInput
          name="newTeam"
          label={t('teamName')}
          description={t('teamNameNote')}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={100}
        />
      )}
      <Text size="sm" c="dimmed">
        {t('oneTeam')}
      </Text>
    </Stack>
  );
}
