import type { Submission } from '@holdout/contracts';
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isFinalState } from '../../api/contracts.js';
import { useFormat } from '../../format/use-format.js';
import styles from './submission-page.module.css';

/** How many images are done, while any are. */
export function RunProgress({ submission: { state, progress } }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { number } = useFormat();
  if (!progress || isFinalState(state) || state !== progress.stage) return null;
  const { stage, imagesDone, imagesTotal } = progress;
  const label = t(`imagesOf_${stage}`);
  return (
    <div className={styles.progress}>
      <p>
        {label}: {t('images', { done: number(imagesDone), total: number(imagesTotal) })}
      </p>
      <Progress size="lg" aria-label={label} value={imagesTotal === 0 ? 0 : (100 * imagesDone) / imagesTotal} />
    </div>
  );
}
