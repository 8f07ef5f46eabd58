import type { StarterKit as Kit } from '@holdout/contracts';
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { starterKitPath, starterKitQuery } from '../../api/starter-kit.js';
import { useFormat } from '../../format/use-format.js';
import { Commands } from '../../parts/commands.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import styles from './competition-page.module.css';
import { KitContents } from './kit-contents.js';
import { PhaseSelect, type PhaseSelectProps } from './phase-select.js';
import { firstSteps, submitSteps, withoutCommand } from './starter-commands.js';

interface StarterKitProps extends PhaseSelectProps {
  readonly competition: string;
}

/** What a team begins with: the kit to download, what is in it, and the commands from there to a score. */
export function StarterKit({ competition, ...choice }: StarterKitProps) {
  const { t } = useTranslation('competition');
  const { data: kit, error, refetch } = useQuery(starterKitQuery(competition, choice.phase));
  return (
    <>
      <p>{t('kitIntro')}</p>
      <PhaseSelect {...choice} />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!kit && !error && <Loading lines={5} />}
      {kit && <KitDownload kit={kit} />}
    </>
  );
}

function KitDownload({ kit }: { readonly kit: Kit }) {
  const { t } = useTranslation('competition');
  const { size } = useFormat();
  if (kit.bundles.length === 0 && kit.sample === null) return <Empty title={t('noKit')}>{t('noKitNext')}</Empty>;
  return (
    <>
      <KitContents kit={kit} />
      <Button component="a" href={`${starterKitPath(kit.competition, kit.phase)}.zip`} download={kit.fileName}>
        {t('downloadKit', { size: size(kit.sizeBytes) })}
      </Button>
      {kit.bundles.length > 0 && <KitInBrowser kit={kit} />}
      <KitCommands kit={kit} />
    </>
  );
}

function KitInBrowser({ kit: { competition, phase } }: { readonly kit: Kit }) {
  const { t } = useTranslation('competition');
  const submit = <Link to="/competitions/$competition/phases/$phase/submit" params={{ competition, phase }} />;
  return (
    <>
      <h3 className={styles.example}>{t('kitBrowser')}</h3>
      <p>
        <Trans t={t} i18nKey="kitBrowserNote" components={{ submit }} />
      </p>
    </>
  );
}

function KitCommands({ kit }: { readonly kit: Kit }) {
  const { t } = useTranslation('competition');
  const [chosen, setChosen] = useState<string>();
  const bundle = kit.bundles.find(({ engine }) => engine === chosen) ?? kit.bundles[0];
  const { origin } = location;
  return (
    <>
      <h3 className={styles.example}>{t('kitGet')}</h3>
      <Commands label={t('kitGet')}>{firstSteps(origin, kit)}</Commands>
      <p className={styles.note}>{t('withCommandNote')}</p>
      {bundle && (
        <>
          <h3 className={styles.example}>{t('kitTry')}</h3>
          {kit.bundles.length > 1 && (
            <SegmentedControl
              mb="xs"
              value={bundle.engine}
              onChange={setChosen}
              data={kit.bundles.map(({ engine }) => engine)}
              aria-label={t('kitEngine')}
            />
          )}
          <Commands label={t('kitTry')}>{submitSteps(kit, bundle)}</Commands>
          <p className={styles.note}>{t('kitLoginNote')}</p>
          <h3 className={styles.example}>{t('kitCurl')}</h3>
          <Commands label={t('kitCurl')}>{withoutCommand(origin, kit, bundle)}</Commands>
          <p className={styles.note}>{t('kitCurlNote')}</p>
        </>
      )}
    </>
  );
}
