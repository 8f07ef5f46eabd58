// Draws the curves of a training: both losses, and kappa on a scale of its own. A line stands where a lesson begins.
//
//   node packages/baseline/training/draw-curves.mjs HISTORY.csv OUT.svg

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const [width, height] = [720, 300];
const margin = { left: 56, right: 56, top: 28, bottom: 40 };
/** Told apart without colour by their dashes; readable on white and on black. */
const curves = [
  { column: 'training loss', colour: '#3b7dd8', dashes: '6 4', axis: 'loss' },
  { column: 'validation loss', colour: '#3b7dd8', dashes: 'none', axis: 'loss' },
  { column: 'kappa', colour: '#d9822b', dashes: 'none', axis: 'kappa' },
];

/** Reads what a training keeps as history.csv, and writes an SVG. */
export async function drawCurves(history, out) {
  const [head, ...lines] = (await readFile(history, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const rows = lines
    .map((cells) => Object.fromEntries(head.map((name, place) => [name, Number(cells[place])])))
    .map((row, place) => ({ ...row, epoch: place + 1 }));
  const beginnings = rows.filter(({ lesson }, place) => place > 0 && lesson !== rows[place - 1].lesson);
  // An epoch whose validation went astray must not press the rest flat: it is cut off at the top.
  const highest = Math.ceil(12 * Math.max(...rows.map((row) => row['training loss']))) / 10;
  const xOf = (epoch) =>
    margin.left + ((width - margin.left - margin.right) * (epoch - 1)) / Math.max(1, rows.length - 1);
  const yOf = (value, axis) =>
    height -
    margin.bottom -
    (height - margin.top - margin.bottom) * Math.min(1, value / (axis === 'kappa' ? 1 : highest));
  const parts = [
    ...axisLines(highest, yOf),
    ...beginnings.map(({ epoch }) => upright(xOf(epoch - 0.5))),
    ...rows.map(({ epoch }) => text(xOf(epoch), height - margin.bottom + 18, epoch, 'middle')),
    text(width / 2, height - 6, 'epoch', 'middle'),
    ...curves.map((curve) => line(curve, rows, xOf, yOf)),
    ...curves.map(({ column, colour, dashes }, place) => legend(column, colour, dashes, margin.left + 150 * place)),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#777">
<title>Loss and kappa of each epoch</title>
${parts.join('\n')}
</svg>
`;
  await writeFile(out, svg);
}

function axisLines(highest, yOf) {
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = yOf(share, 'kappa').toFixed(1);
    return [
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}" stroke="#999" stroke-opacity="0.35"/>`,
      text(margin.left - 8, Number(y) + 4, (share * highest).toFixed(3), 'end'),
      text(width - margin.right + 8, Number(y) + 4, share, 'start'),
    ];
  });
}

function upright(x) {
  return `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#999"/>`;
}

function line({ column, colour, dashes, axis }, rows, xOf, yOf) {
  const points = rows.map((row) => `${xOf(row.epoch).toFixed(1)},${yOf(Math.max(0, row[column]), axis).toFixed(1)}`);
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}" points="${points.join(' ')}"/>`;
}

function legend(column, colour, dashes, x) {
  const mark = `<line x1="${x}" x2="${x + 28}" y1="12" y2="12" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
  return `${mark}${text(x + 34, 16, column, 'start')}`;
}

function text(x, y, content, anchor) {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await drawCurves(process.argv[2], process.argv[3]);
