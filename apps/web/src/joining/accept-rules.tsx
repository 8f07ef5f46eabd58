import type { Competition } from '@holdout/contracts';
import { Checkbox } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Fields, Form } from '../accounts/form.js';
import { competitionQuery } from '../api/competitions.js';
import { meQuery } from '../api/me.js';
import { ProblemError } from '../api/problem-error.js';
import { apiPath, nothing, request } from '../api/request.js';
import { Markdown } from '../parts/markdown.js';
import { ChooseTeam, type NamedTeam, newTeamChoice } from './choose-team.js';
import styles from './joining.module.css';

interface AcceptRulesProps {
  readonly competition: Competition;
  /** Those that the reader may choose from. */
  readonly teams: readonly NamedTeam[];
  readonly showsRules: boolean;
  /** Whether it takes part already, and only accepts later rules. */
  readonly keepsTeam?: boolean;
}

/** The rules of now, the word that they are accepted, and by which team. */
export function AcceptRules({ competition, teams, showsRules, keepsTeam = false }: AcceptRulesProps) {
  const { t } = useTranslation('joining');
  const queries = useQueryClient();
  const { competition: slug, rules, rulesVersion } = competition;
  const join = async ({ team, newTeam = '' }: Fields): Promise<void> => {
    const [only] = teams;
    const choice = keepsTeam && only ? only.id : (team ?? newTeamChoice);
    const by = choice === newTeamChoice ? { newTeam } : { team: choice };
    try {
      await request(apiPath('competitions', slug, 'join'), nothing, { method: 'POST', body: { ...by, rulesVersion } });
    } catch (error) {
      // Others are shown then, and are to be read before they are accepted.
      if (error instanceof ProblemError && error.code === 'rules_outdated') {
        await queries.invalidateQueries({ queryKey: competitionQuery(slug).queryKey });
      }
      throw error;
    }
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  return (
    <Form key={rulesVersion} submit={keepsTeam ? t('accept') : t('join')} onSubmit={join}>
      {showsRules && rules !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className={styles.rules} tabIndex={0} aria-label={t('rules')}>
          <Markdown>{rules}</Markdown>
        </section>
      )}
      <Checkbox
        name="accepted"
        required
        label={rules === '' ? t('noRules') : t('haveRead', { version: rulesVersion })}
      />
      {!keepsTeam && <ChooseTeam teams={teams} />}
    </Form>
  );
}
