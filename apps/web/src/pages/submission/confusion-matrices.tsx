import type { ConfusionCounts, PublishedScore } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { useNames } from '../../format/use-names.js';
import styles from './confusion-matrices.module.css';
import page from './submission-page.module.css';

/** What was called what: of all studies and of each type; or that it is hidden. */
export function ConfusionMatrices({ score: { overall, byStudyType } }: { readonly score: PublishedScore }) {
  const { t } = useTranslation('submission');
  const names = useNames();
  const types = Object.entries(byStudyType).sort(([a], [b]) => (a < b ? -1 : 1));
  const groups = [
    { label: t('overall'), counts: overall.counts },
    ...types.map(([type, { counts }]) => ({ label: names.studyType(type), counts })),
  ];
  return (
    <section aria-labelledby="confusion" className={page.section}>
      <h2 id="confusion">{t('confusion')}</h2>
      <p className={page.note}>{t(overall.counts ? 'confusionNote' : 'confusionHidden')}</p>
      {overall.counts && (
        <div className={styles.matrices}>
          {groups.map(({ label, counts }) => counts && <Matrix key={label} label={label} counts={counts} />)}
        </div>
      )}
    </section>
  );
}

function Matrix({ label, counts }: { readonly label: string; readonly counts: ConfusionCounts }) {
  const { t } = useTranslation('submission');
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
  return (
    <table className={styles.matrix}>
      <caption>{label}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="heard">{t('truth')}</span>
          </th>
          <th scope="col">{t('saysAbnormal')}</th>
          <th scope="col">{t('saysNormal')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t('isAbnormal')}</th>
          <Cell count={truePositive} of={truePositive + falseNegative} isRight />
          <Cell count={falseNegative} of={truePositive + falseNegative} />
        </tr>
        <tr>
          <th scope="row">{t('isNormal')}</th>
          <Cell count={falsePositive} of={trueNegative + falsePositive} />
          <Cell count={trueNegative} of={trueNegative + falsePositive} isRight />
        </tr>
      </tbody>
    </table>
  );
}

interface CellProps {
  readonly count: number;
  /** Studies of its row. */
  readonly of: number;
  readonly isRight?: boolean;
}

/** The number, over a shade that is as deep as its share of the row; what is right has a frame. */
function Cell({ count, of, isRight = false }: CellProps) {
  const { number } = useFormat();
  const share = of === 0 ? 0 : count / of;
  return (
    <td data-right={isRight} style={{ '--share': `${Math.round(30 * share)}%` } as React.CSSProperties}>
      {number(count)}
    </td>
  );
}
