import type { CalibrationBin } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { formatInterval } from '../../boards/format-value.js';
import { useFormat } from '../../format/use-format.js';
import styles from './curve-plots.module.css';

/** The same as the plot of the calibration, in numbers. */
export function CalibrationTable({ bins }: { readonly bins: readonly CalibrationBin[] }) {
  const { t } = useTranslation('submission');
  const { number, percent } = useFormat();
  return (
    <details className={styles.details}>
      <summary>{t('asTable')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('binFrom')}</th>
            <th scope="col">{t('binStudies')}</th>
            <th scope="col">{t('binAbnormal')}</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ from, to, studies, abnormal, lower, upper }) => (
            <tr key={from}>
              <th scope="row">
                {percent(from)}–{percent(to)}
              </th>
              <td>{number(studies)}</td>
              <td>
                {percent(abnormal)} ({formatInterval({ lower, upper })})
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
