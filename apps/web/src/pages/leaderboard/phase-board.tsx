import type { Phase } from '@holdout/contracts';
import { Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useLocation } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../../api/me.js';
import type { BoardRow } from '../../boards/board-row.js';
import { phaseBoardPath, wholeQuery } from '../../boards/read-board.js';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { nextSorting } from './arrange-rows.js';
import { useBoardLayout } from './board-layout.js';
import { BoardLegend } from './board-legend.js';
import { BoardNotice } from './board-notice.js';
import type { BoardSearch } from './board-search.js';
import { BoardTable } from './board-table.js';
import { BoardTools } from './board-tools.js';
import { downloadText } from './download.js';
import { PhaseHead } from './phase-head.js';
import { type Board, useLiveBoard } from './use-board.js';
import { useNewRows } from './use-new-rows.js';
import { type ShownBoard, useShownBoard } from './use-shown-board.js';
import { writeCsv } from './write-csv.js';

const route = getRouteApi('/competitions/$competition/leaderboard');

interface PhaseBoardProps {
  readonly competition: string;
  readonly phase: Phase;
}

/** One phase: what it is, and its board, live or of a past day. */
export function PhaseBoard({ competition, phase }: PhaseBoardProps) {
  const address = phaseBoardPath(competition, phase.phase);
  const linkedKey = decodeURIComponent(useLocation({ select: ({ hash }) => hash }));
  const shown = useShownBoard(address, route.useSearch(), linkedKey);
  const fresh = useNewRows();
  // What is on the screen first is read at once; what changes it may come after.
  const connection = useLiveBoard(shown.present ? address : null, fresh.add);
  const { board, error, retry } = shown;
  return (
    <Stack gap="sm">
      <PhaseHead
        competition={competition}
        phase={phase}
        connection={connection}
        isPast={shown.source.at !== null}
        newRows={fresh.rows}
        waiting={shown.present?.facts.waiting}
      />
      {board && <BoardNotice facts={board.facts} />}
      {error && <Failure error={error} onRetry={retry} />}
      {!board && !error && <Loading lines={8} />}
      {board && (
        <ArrangedBoard
          shown={shown}
          board={board}
          phase={phase}
          linkedKey={linkedKey}
          newKeys={fresh.keys}
          fileName={`${competition}-${phase.phase}-leaderboard.csv`}
        />
      )}
    </Stack>
  );
}

interface ArrangedBoardProps {
  readonly shown: ShownBoard;
  readonly board: Board;
  readonly phase: Phase;
  readonly linkedKey: string;
  readonly newKeys: ReadonlySet<string>;
  readonly fileName: string;
}

/** The board with what can be done with it. */
function ArrangedBoard({ shown, board, phase, linkedKey, newKeys, fileName }: ArrangedBoardProps) {
  const { t } = useTranslation('leaderboard');
  const search = route.useSearch();
  const change = useChangeSearch();
  const queries = useQueryClient();
  const { number } = useFormat();
  const { rows, columns, sorting, filter } = shown;
  const { facts } = board;
  const frame = useRef<HTMLDivElement>(null);
  const layout = useBoardLayout(frame, facts);
  const ownTeam = useOwnTeam(facts.competition);
  const download = async (): Promise<void> => {
    const all: readonly (BoardRow | undefined)[] = board.isWhole
      ? board.rows
      : (await queries.fetchQuery(wholeQuery(shown.source))).rows;
    const arranged = shown.arrange(all.filter((row) => row !== undefined));
    downloadText(fileName, 'text/csv;charset=utf-8', writeCsv(facts, arranged));
  };
  return (
    <Stack gap="sm" ref={frame} data-layout={layout}>
      <BoardTools
        search={search}
        onSearch={change}
        columns={columns}
        sorting={sorting}
        onDownload={() => void download()}
      />
      {facts.total > 0 && (
        <BoardLegend hasTypes={facts.studyTypes.length > 0} hasReaders={shown.scale.readers.length > 0}>
          {shown.isReadingRest && `${t('readingRest')} `}
          {filter === ''
            ? t('entries', { count: facts.total, number: number(facts.total) })
            : t('found', { number: number(rows.length), total: number(facts.total) })}
        </BoardLegend>
      )}
      {rows.length > 0 ? (
        <BoardTable
          label={`${t('title')}: ${phase.title}`}
          facts={facts}
          layout={layout}
          rows={rows}
          columns={columns}
          sorting={sorting}
          onSort={(column) => change({ sort: nextSorting(column, sorting) })}
          scale={shown.scale}
          newKeys={newKeys}
          linkedKey={linkedKey}
          ownTeam={ownTeam}
          changeOf={shown.changeOf}
          onLook={shown.look}
        />
      ) : (
        facts.visibility.state !== 'hidden' &&
        !shown.isReadingRest && <NoRows isFiltered={facts.total > 0} isPast={facts.at !== null} />
      )}
    </Stack>
  );
}

function NoRows({ isFiltered, isPast }: { readonly isFiltered: boolean; readonly isPast: boolean }) {
  const { t } = useTranslation('leaderboard');
  if (isFiltered) return <Empty title={t('noneFound')} />;
  if (isPast) return <Empty title={t('emptyPast')} />;
  return <Empty title={t('empty')}>{t('emptyNext')}</Empty>;
}

/** The name of the team that the reader takes part with, by which a board, which is the same for all, marks its row. */
function useOwnTeam(slug: string): string | null {
  const { data: me } = useQuery(meQuery);
  return me?.competitions.find(({ competition }) => competition === slug)?.team.name ?? null;
}

/** Writes what the reader chose into the address, without a step back for each letter. */
function useChangeSearch() {
  const navigate = route.useNavigate();
  return (change: { readonly [Key in keyof BoardSearch]: string | undefined }): void => {
    const search = (old: BoardSearch) => prune({ ...old, ...change });
    void navigate({ to: '.', search, replace: true, resetScroll: false, hash: true, hashScrollIntoView: false });
  };
}

function prune(search: { readonly [Key in keyof BoardSearch]: string | undefined }): BoardSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
