import type { StarterKit } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import styles from './competition-page.module.css';

/** What is in a starter kit, folder by folder. */
export function KitContents({ kit: { bundles, sample } }: { readonly kit: StarterKit }) {
  const { t } = useTranslation('competition');
  const { size, number } = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={`${styles.scroll} ${styles.contentsTable}`} tabIndex={0} aria-label={t('kitContents')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('kitFolder')}</th>
            <th scope="col">{t('kitWhat')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">
              <code>README.md</code>
            </th>
            <td>{t('kitReadme')}</td>
          </tr>
          {bundles.map(({ engine, name, folder, sizeBytes }) => (
            <tr key={engine}>
              <th scope="row">
                <code>{folder}/</code>
              </th>
              <td>{t(`kitBundle_${engine}`, { name, size: size(sizeBytes) })}</td>
            </tr>
          ))}
          {sample && (
            <tr>
              <th scope="row">
                <code>sample/</code>
              </th>
              <td>{t('kitSample', { studies: number(sample.studies), images: number(sample.images) })}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
