import type { Competition } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Markdown } from '../../parts/markdown.js';
import styles from './competition-page.module.css';

/** Data that lie elsewhere: what they are, how large, by which licence, and where. */
export function DataLinks({ data }: { readonly data: Competition['data'] }) {
  const { t } = useTranslation('competition');
  if (data.length === 0) return <Empty title={t('noData')}>{t('noDataNext')}</Empty>;
  return (
    <>
      <ul className={styles.cards}>
        {data.map((link) => (
          <DataLinkCard key={link.name} link={link} />
        ))}
      </ul>
      <p className={styles.note}>{t('dataNote')}</p>
    </>
  );
}

function DataLinkCard({ link: { name, description, url, ...facts } }: { readonly link: Competition['data'][number] }) {
  const { t } = useTranslation('competition');
  const { size } = useFormat();
  return (
    <li className={styles.card}>
      <a href={url} target="_blank" rel="noreferrer">
        {name}
      </a>
      <span className={styles.note}> {new URL(url).hostname}</span>
      {description !== '' && <Markdown>{description}</Markdown>}
      <dl className={styles.facts}>
        {facts.sizeBytes !== null && <Fact title={t('dataSize')}>{size(facts.sizeBytes)}</Fact>}
        {facts.licence !== null && <Fact title={t('dataLicence')}>{facts.licence}</Fact>}
        {facts.sha256 !== null && (
          <Fact title="SHA-256">
            <code>{facts.sha256}</code>
          </Fact>
        )}
      </dl>
    </li>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
