import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { BoardRow } from '../../boards/board-row.js';
import { formatCell, formatInterval, formatMetric, safeLink } from '../../boards/format-value.js';
import type { Format } from '../../format/use-format.js';
import type { Names } from '../../format/use-names.js';
import styles from './board-table.module.css';
import { heatStyle } from './heat-colours.js';

/** What all cells of a table are written with: found once for the table, since a board has thousands of cells. */
export interface CellWords {
  readonly t: TFunction<'leaderboard'>;
  readonly format: Format;
  readonly names: Names;
  /** Of published values; null is all. */
  readonly decimals: number | null;
}

interface CellProps {
  readonly row: BoardRow;
  readonly words: CellWords;
}

/** The rank, the ranks that it could as well be, and a mark where it can't be told from the first. */
export function RankCell({ row: { rank, rankInterval, toldApartFromFirst }, words: { t } }: CellProps) {
  if (rank === null) return <Nothing why={t('unranked')} />;
  const isTied = toldApartFromFirst === false && rank > 1;
  return (
    <>
      <span className={styles.rankNumber}>{rank}</span>
      {rankInterval && rankInterval.lower !== rankInterval.upper && (
        <span className={styles.small} title={t('rankInterval', rankInterval)}>
          {rankInterval.lower}–{rankInterval.upper}
        </span>
      )}
      {isTied && (
        <span className={styles.tied} title={t('tiedWhy')}>
          {t('tied')}
        </span>
      )}
    </>
  );
}

/** The reader's own team leads to its submission, which others may not open. */
export function TeamCell({ row, words: { t }, isOwn }: CellProps & { readonly isOwn: boolean }) {
  const { team, bestReader, kind, submissionId } = row;
  if (team !== null && isOwn && submissionId !== null) {
    return (
      <>
        <span className={styles.ownBadge}>{t('yourTeam')}</span>
        <Link to="/submissions/$id" params={{ id: submissionId }} title={team}>
          {team}
        </Link>
      </>
    );
  }
  if (team !== null) return <span title={team}>{team}</span>;
  if (bestReader) return <span className={styles.bestBadge}>★ {t('bestReader')}</span>;
  return <span className={styles.badge}>{t(kind === 'reader' ? 'reader' : 'baseline')}</span>;
}

export function ModelCell({ row: { name, link, engine, kind, key }, words: { t } }: CellProps) {
  const address = safeLink(link);
  return (
    <>
      <span className={styles.modelName} title={name}>
        {address === null ? (
          name
        ) : (
          <a href={address} rel="noopener noreferrer nofollow ugc">
            {name}
          </a>
        )}
      </span>
      {kind === 'team' && <span className={styles.small}>{engine ?? t('predictionsOnly')}</span>}
      <a
        href={`#${encodeURIComponent(key)}`}
        className={styles.rowLink}
        aria-label={t('linkToRow')}
        title={t('linkToRow')}
      >
        #
      </a>
    </>
  );
}

export function DateCell({ row: { submittedAt }, words: { t, format } }: CellProps) {
  if (submittedAt === null) return <Nothing why={t('noDate')} />;
  return (
    <time dateTime={submittedAt} title={format.dateTime(submittedAt)}>
      {format.shortDate(submittedAt)}
    </time>
  );
}

/** The value, and below it the interval that says how sure it is. */
export function KappaCell({ row: { kappa, kappaInterval }, words: { t, decimals } }: CellProps) {
  if (kappa.value === null) return <Nothing why={kappa.reason} />;
  return (
    <>
      <strong>{formatMetric(kappa, decimals)}</strong>
      {kappaInterval && (
        <span className={styles.small} title={t('kappaInterval')}>
          {formatInterval(kappaInterval)}
        </span>
      )}
    </>
  );
}

const verdicts = {
  'better than': { mark: '▲', word: 'better', why: 'betterWhy' },
  'worse than': { mark: '▼', word: 'worse', why: 'worseWhy' },
  'not told apart from': { mark: '≈', word: 'undecided', why: 'undecidedWhy' },
} as const;

export function VerdictCell({ row: { againstBestReader }, words: { t } }: CellProps) {
  if (againstBestReader === null) return <Nothing why={t('notCompared')} />;
  const { mark, word, why } = verdicts[againstBestReader];
  return (
    <span title={t(why)}>
      <span aria-hidden="true">{mark} </span>
      {t(word)}
    </span>
  );
}

/** A cell of the heat strip: the number, on the colour that it has. */
export function TypeCell({ row, words: { t, decimals }, studyType }: CellProps & { readonly studyType: string }) {
  const kappa = row.kappaByType[studyType];
  if (!kappa || kappa.value === null) return <Nothing why={kappa?.reason ?? t('noStudies')} />;
  return (
    <span className={styles.heat} style={heatStyle(kappa.value)} title={formatMetric(kappa, decimals) ?? ''}>
      {formatCell(kappa.value, decimals)}
    </span>
  );
}

/** A dash with the reason: a title for the mouse, words for a screen reader. */
function Nothing({ why }: { readonly why: string }) {
  return (
    <span className={styles.nothing} title={why}>
      <span aria-hidden="true">—</span>
      <span className="heard">{why}</span>
    </span>
  );
}
