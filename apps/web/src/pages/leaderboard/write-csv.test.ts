import { expect, it } from 'vitest';
import type { BoardRow } from '../../boards/board-row.js';
import { writeCsv } from './write-csv.js';

const row: BoardRow = {
  key: 'x',
  place: 0,
  rank: 1,
  kind: 'team',
  bestReader: false,
  team: '=cmd()',
  name: 'a "quoted", name',
  engine: 'onnx',
  link: null,
  submissionId: 'x',
  submittedAt: '2026-03-01T12:00:00.000Z',
  kappa: { value: -0.05 },
  kappaInterval: { lower: -0.1, upper: 0.1 },
  rankInterval: { lower: 1, upper: 3 },
  toldApartFromFirst: false,
  againstBestReader: 'worse than',
  metrics: {},
  kappaByType: { wrist: { value: null, reason: 'Only one class.' } },
};

it('writes a header and a line for each row, which no spreadsheet takes for a formula', () => {
  const [header, line, end] = writeCsv({ studyTypes: ['wrist', 'hand'] }, [row]).split('\r\n');
  expect(header?.split(',').slice(-3)).toEqual(['kappaUpper', 'kappa.wrist', 'kappa.hand']);
  expect(line).toBe(
    `1,1,3,false,worse than,team,'=cmd(),"a ""quoted"", name",onnx,,x,2026-03-01T12:00:00.000Z,-0.05,-0.1,0.1,,`,
  );
  expect(end).toBe('');
});
