import { useTranslation } from 'react-i18next';
import { Commands } from '../../parts/commands.js';
import styles from './competition-page.module.css';
import { PhaseSelect, type PhaseSelectProps } from './phase-select.js';

interface TakePartProps extends PhaseSelectProps {
  readonly competition: string;
}

/** How a bundle of one's own is checked, submitted and followed: commands for this server, competition and phase. */
export function TakePart({ competition, ...choice }: TakePartProps) {
  const { t } = useTranslation('competition');
  const { phase } = choice;
  const { origin } = location;
  const withCommand = [
    `export HOLDOUT_SERVER=${origin}`,
    'npx --no-install holdout login',
    'npx --no-install holdout check my-model.zip',
    `npx --no-install holdout submit my-model.zip --competition ${competition} --phase ${phase} --wait`,
    `npx --no-install holdout leaderboard --competition ${competition} --phase ${phase}`,
  ];
  const withCurl = [
    `curl -H "Authorization: Bearer $HOLDOUT_TOKEN" -H 'Content-Type: application/octet-stream' \\`,
    `  --data-binary @my-model.zip ${origin}/api/competitions/${competition}/phases/${phase}/submissions`,
  ];
  return (
    <>
      <p>{t('takePartIntro')}</p>
      <PhaseSelect {...choice} />
      <h3 className={styles.example}>{t('withCommand')}</h3>
      <Commands label={t('withCommand')}>{withCommand.join('\n')}</Commands>
      <p className={styles.note}>{t('withCommandNote')}</p>
      <h3 className={styles.example}>{t('withCurl')}</h3>
      <Commands label={t('withCurl')}>{withCurl.join('\n')}</Commands>
      <p className={styles.note}>{t('followLive')}</p>
    </>
  );
}
