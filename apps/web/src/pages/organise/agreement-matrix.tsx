import type { PairAgreement, ReaderAgreement } from '@holdout/contracts';
import { Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './agreement-matrix.module.css';

/** Kappa of each two readers with its interval; the same above and below the diagonal, so that a row can be read whole. */
export function AgreementMatrix({
  agreement: { readers, goldReaders, pairs },
}: {
  readonly agreement: ReaderAgreement;
}) {
  const { t } = useTranslation('organise');
  const find = (one: string, other: string) =>
    pairs.find(({ first, second }) => (first === one && second === other) || (first === other && second === one));
  const nameOf = (reader: string) => (goldReaders.includes(reader) ? `${reader} ★` : reader);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section aria-label={t('agreement')} tabIndex={0} className={styles.frame}>
      <table className={styles.matrix}>
        <caption className="heard">{t('agreement')}</caption>
        <thead>
          <tr>
            <td className={styles.same} />
            {readers.map((reader) => (
              <th key={reader} scope="col">
                {nameOf(reader)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {readers.map((row) => (
            <tr key={row}>
              <th scope="row">{nameOf(row)}</th>
              {readers.map((column) => (
                <PairCell key={column} pair={row === column ? null : find(row, column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm">{t('goldReaderStar')}</Text>
    </section>
  );
}

/** null is a reader with themselves. */
function PairCell({ pair }: { readonly pair: PairAgreement | null | undefined }) {
  const { t } = useTranslation('organise');
  if (!pair) return <td className={styles.same}>—</td>;
  const { kappa, interval, agreed, studies } = pair;
  const share = { '--agreement': Math.max(0, kappa.value ?? 0) } as CSSProperties;
  return (
    <td style={share} title={t('agreedOn', { agreed, studies })}>
      <span className={styles.kappa}>{kappa.value?.toFixed(2) ?? t('undefined')}</span>
      {interval && (
        <span className={styles.interval}>
          {interval.lower.toFixed(2)} – {interval.upper.toFixed(2)}
        </span>
      )}
      <span className="heard">{t('agreedOn', { agreed, studies })}</span>
    </td>
  );
}
