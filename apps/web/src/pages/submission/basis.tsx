import type { Submission } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import styles from './submission-page.module.css';

/** What was run on what: enough to say later which bundle it was, and which version of the test set. */
export function Basis({ submission }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { size } = useFormat();
  const { engine, bundleDigest, bundleSizeBytes, provenance } = submission;
  const run = provenance?.run;
  return (
    <section aria-labelledby="basis" className={styles.section}>
      <h2 id="basis">{t('basis')}</h2>
      {bundleDigest === null && <p>{t('importedPredictions')}</p>}
      <dl className={styles.facts}>
        {engine && (
          <>
            <dt>{t('engine')}</dt>
            <dd>{run?.engineVersion ? `${engine} (${run.engineVersion})` : engine}</dd>
          </>
        )}
        {run?.device && (
          <>
            <dt>{t('device')}</dt>
            <dd>{run.device}</dd>
          </>
        )}
        {bundleDigest !== null && (
          <>
            <dt>{t('bundle')}</dt>
            <dd>
              {bundleSizeBytes !== null && `${size(bundleSizeBytes)} · `}
              <code>sha256:{bundleDigest}</code>
            </dd>
          </>
        )}
        {provenance && (
          <>
            <dt>{t('testSetVersion')}</dt>
            <dd>
              <code>{provenance.testSetVersion}</code>
            </dd>
            <dt>{t('scorer')}</dt>
            <dd>{provenance.scorerVersion}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
