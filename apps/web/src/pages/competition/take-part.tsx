import type { Competition } from '@holdout/contracts';
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Commands } from '../../parts/commands.js';
import styles from './competition-page.module.css';

/** How a bundle is checked, submitted and followed: commands that work as they are pasted, with a token put in. */
export function TakePart({ competition: { competition, phases } }: { readonly competition: Competition }) {
  const { t } = useTranslation('competition');
  const open = phases.filter(({ window }) => window !== 'after');
  const [chosen, setChosen] = useState<string>();
  // Where one can try without limit is where one begins.
  const phase = chosen ?? (open.find(({ visibility }) => visibility === 'public') ?? open[0] ?? phases[0])?.phase;
  if (phase === undefined) return null;
  const { origin } = location;
  const withCommand = [
    `export HOLDOUT_SERVER=${origin}`,
    'export HOLDOUT_TOKEN=your-team-token',
    'npx holdout check my-model.zip',
    `npx holdout submit my-model.zip --competition ${competition} --phase ${phase} --wait`,
    `npx holdout leaderboard --competition ${competition} --phase ${phase}`,
  ];
  const withCurl = [
    `curl -H "Authorization: Bearer your-team-token" -H 'Content-Type: application/octet-stream' \\`,
    `  --data-binary @my-model.zip ${origin}/api/competitions/${competition}/phases/${phase}/submissions`,
  ];
  return (
    <>
      <p>{t('takePartIntro')}</p>
      {phases.length > 1 && (
        <NativeSelect
          label={t('phaseToEnter')}
          w="16rem"
          value={phase}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={phases.map(({ phase: value, title }) => ({ value, label: title }))}
        />
      )}
      <h3 className={styles.example}>{t('withCommand')}</h3>
      <Commands label={t('withCommand')}>{withCommand.join('\n')}</Commands>
      <p className={styles.note}>{t('withCommandNote')}</p>
      <h3 className={styles.example}>{t('withCurl')}</h3>
      <Commands label={t('withCurl')}>{withCurl.join('\n')}</Commands>
      <p className={styles.note}>{t('followLive')}</p>
    </>
  );
}
