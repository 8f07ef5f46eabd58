import type { LoadReport } from './load-plan.js';
import type { PartUse } from './watch-processes.js';

/** The rows of docs/performance.md, ready to be put there. */
export function describeLoad(minutes: number, report: LoadReport, parts: readonly PartUse[]): string[] {
  const row = (what: string, figure: string) => `| ${what} | ${figure} |`;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    row(`200 clients, for ${minutes} min`, 'figure'),
    row('---', '---'),
    row(
      `a read: median, p99, longest of ${report.reads}`,
      [report.readP50, report.readP99, report.readLongest].map(ms).join(', '),
    ),
    row(
      `an upload until it is a submission: median, p99 of ${report.uploads}`,
      [report.uploadP50, report.uploadP99].map(ms).join(', '),
    ),
    row('submissions that were scored', String(report.scored)),
    row(
      `an event of a submission until it is there: median, p99, longest of ${report.events}`,
      [report.eventP50, report.eventP99, report.eventLongest].map(ms).join(', '),
    ),
    row(
      `a score until it is on an open board: median, longest of ${report.boardChanges}`,
      [report.boardP50, report.boardLongest].map(ms).join(', '),
    ),
    row('errors', String(report.errorCount)),
    ...parts.map(({ name, cpuPercent, peakMebibytes }) =>
      row(
        `${name}: CPU (100 % is one core), most memory`,
        `${cpuPercent.toFixed(0)} %, ${peakMebibytes.toFixed(0)} MiB`,
      ),
    ),
  ];
}
