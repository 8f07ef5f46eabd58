import type { Competition } from '@holdout/contracts';
import { Button, Checkbox, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../../api/me.js';
import { apiPath, bySchema, request } from '../../api/request.js';
import { Failure } from '../../parts/failure.js';
import { Markdown } from '../../parts/markdown.js';
import styles from './submit-page.module.css';

const newTeam = 'new';
const checkParticipation = bySchema(({ participationSchema }) => participationSchema);

/** How a team comes to take part, for who has signed in: the rules, and by which team they are accepted. */
export function JoinForm({ competition: { competition, rules, rulesVersion } }: { readonly competition: Competition }) {
  const { t } = useTranslation('submit');
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const owned = me?.teams.filter(({ role }) => role === 'owner') ?? [];
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('');
  const [accepted, setAccepted] = useState(false);
  const team = chosen ?? owned[0]?.id ?? newTeam;
  const join = useMutation({
    mutationFn: () =>
      request(apiPath('competitions', competition, 'join'), checkParticipation, {
        method: 'POST',
        body: { ...(team === newTeam ? { newTeam: name.trim() } : { team }), rulesVersion },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: meQuery.queryKey });
      await queries.resetQueries({ queryKey: ['quota', competition] });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    join.mutate();
  };
  return (
    <form onSubmit={send} className={styles.card}>
      <Stack gap="md">
        <div>
          <Title order={2} size="h4">
            {t('joinFirst')}
          </Title>
          <Text c="dimmed">{t('joinNext')}</Text>
        </div>
        <section className={styles.rules} aria-label={t('rules')}>
          {rules === '' ? <Text>{t('noRules')}</Text> : <Markdown>{rules}</Markdown>}
        </section>
        {owned.length > 0 && (
          <Select
            label={t('joinAs')}
            value={team}
            allowDeselect={false}
            onChange={(value) => setChosen(value ?? newTeam)}
            data={[
              ...owned.map(({ id, name: label }) => ({ value: id, label })),
              { value: newTeam, label: t('newTeam') },
            ]}
          />
        )}
        {team === newTeam && (
          <TextInput
            label={t('newTeamName')}
            value={name}
            maxLength={100}
            required
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
        <Checkbox
          label={t('acceptRules', { version: rulesVersion })}
          checked={accepted}
          onChange={({ currentTarget }) => setAccepted(currentTarget.checked)}
          required
        />
        {join.error && <Failure error={join.error} />}
        <Button type="submit" loading={join.isPending} className={styles.begin}>
          {t('join')}
        </Button>
      </Stack>
    </form>
  );
}
