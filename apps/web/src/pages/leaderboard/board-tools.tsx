import { Button, CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Sorting } from './arrange-rows.js';
import { useColumnTitle } from './board-heading.js';
import type { BoardSearch } from './board-search.js';
import styles from './board-tools.module.css';
import type { Column } from './columns.js';

interface BoardToolsProps {
  readonly search: BoardSearch;
  readonly onSearch: (change: Partial<Record<keyof BoardSearch, string | undefined>>) => void;
  readonly columns: readonly Column[];
  readonly sorting: Sorting | null;
  readonly onDownload: () => void;
}

/** What can be done with a board: filter it, put it in order, see a past one, take it away. */
export function BoardTools({ search, onSearch, columns, sorting, onDownload }: BoardToolsProps) {
  const { t } = useTranslation('leaderboard');
  const title = useColumnTitle();
  const clear = <CloseButton size="sm" aria-label={t('clearFilter')} onClick={() => onSearch({ filter: undefined })} />;
  return (
    <search className={styles.tools}>
      <TextInput
        size="xs"
        className={styles.filter}
        aria-label={t('filter')}
        placeholder={t('filter')}
        value={search.filter ?? ''}
        onChange={({ currentTarget: { value } }) => onSearch({ filter: value || undefined })}
        rightSection={search.filter ? clear : null}
      />
      <NativeSelect
        size="xs"
        className={styles.sort}
        aria-label={t('sortBy')}
        value={sorting ? `${sorting.greatestFirst ? '-' : ''}${sorting.column.id}` : 'rank'}
        onChange={({ currentTarget: { value } }) => onSearch({ sort: value === 'rank' ? undefined : value })}
        data={columns.flatMap((column) => {
          const ascending = { value: column.id, label: t('ascending', { column: title(column.title) }) };
          const descending = { value: `-${column.id}`, label: t('descending', { column: title(column.title) }) };
          return column.greatestFirst ? [descending, ascending] : [ascending, descending];
        })}
      />
      <label className={styles.past}>
        {t('asOn')}
        <input
          type="date"
          max={today()}
          value={search.at ?? ''}
          onChange={({ currentTarget: { value } }) => onSearch({ at: value || undefined })}
        />
      </label>
      {search.at && (
        <Button size="xs" variant="default" onClick={() => onSearch({ at: undefined })}>
          {t('backToNow')}
        </Button>
      )}
      <Button size="xs" variant="default" className={styles.download} onClick={onDownload}>
        {t('download')}
      </Button>
    </search>
  );
}

/** In the reader's own time zone, as the input writes days. */
function today(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
