import type { MetricName } from '@holdout/contracts';
import { type BoardFacts, type BoardRow, listOtherMetrics } from '../../boards/board-row.js';

/** A column that the board can be put in order by. */
export interface Column {
  readonly id: string;
  /** What it is of, for its title. */
  readonly title: ColumnTitle;
  /** What its order goes by; null stands last whichever way. */
  readonly valueOf: (row: BoardRow) => number | string | null;
  /** Whether the greatest comes first when it is chosen. */
  readonly greatestFirst: boolean;
}

export type ColumnTitle =
  | { readonly words: 'rank' | 'team' | 'model' | 'date' | 'kappa' | 'verdict' }
  | { readonly metric: MetricName }
  | { readonly studyType: string };

const verdictOrder = { 'better than': 2, 'not told apart from': 1, 'worse than': 0 } as const;

export function listColumns(facts: Pick<BoardFacts, 'ranking' | 'studyTypes'>): Column[] {
  return [
    { id: 'rank', title: { words: 'rank' }, valueOf: ({ place }) => place, greatestFirst: false },
    { id: 'team', title: { words: 'team' }, valueOf: ({ team }) => team, greatestFirst: false },
    { id: 'model', title: { words: 'model' }, valueOf: ({ name }) => name, greatestFirst: false },
    { id: 'date', title: { words: 'date' }, valueOf: ({ submittedAt }) => submittedAt, greatestFirst: true },
    { id: 'kappa', title: { words: 'kappa' }, valueOf: ({ kappa }) => kappa.value, greatestFirst: true },
    ...listOtherMetrics(facts).map((metric) => ({
      id: metric,
      title: { metric },
      valueOf: ({ metrics }: BoardRow) => metrics[metric]?.value ?? null,
      greatestFirst: true,
    })),
    {
      id: 'verdict',
      title: { words: 'verdict' },
      valueOf: ({ againstBestReader }) => againstBestReader && verdictOrder[againstBestReader],
      greatestFirst: true,
    },
    ...facts.studyTypes.map((studyType) => ({
      id: `type-${studyType}`,
      title: { studyType },
      valueOf: ({ kappaByType }: BoardRow) => kappaByType[studyType]?.value ?? null,
      greatestFirst: true,
    })),
  ];
}
