import { appendLog, type EvaluationClaim, recordReport, type startRunning } from '@holdout/db';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';

const reportIntervalMilliseconds = 500;
const linesAtOnce = 1000;

interface Stage {
  readonly stage: 'checking' | 'running';
  readonly imagesTotal: number;
}

/** What of an evaluation its team sees while it goes on. */
export interface Report {
  /** Says what progress is of from now on. */
  begin(stage: Stage): void;
  progress(imagesDone: number): void;
  line(line: string): void;
  /** Writes what is not written yet, and need not be waited for: what comes later is written later. */
  flush(): Promise<void>;
  /** Gives what is not written yet to who writes something else as well; what came before is written then. */
  take(): Promise<Unwritten>;
  /** The same, for the last time. */
  finish(): Promise<void>;
}

type Unwritten = NonNullable<Parameters<typeof startRunning>[1]['report']>;

type Counted = Stage & { imagesDone: number; written: number };

/** Gathers progress and log lines and writes them twice a second, one write at a time; a write that fails is dropped. */
export function reportRegularly(
  { database, log }: Pick<EvaluationTools, 'database' | 'log'>,
  { evaluationId, leaseToken }: Pick<EvaluationClaim, 'evaluationId' | 'leaseToken'>,
  lease: Pick<Lease, 'learn'>,
): Report {
  let current: Counted | null = null;
  let lines: string[] = [];
  let writing = Promise.resolve();

  const write = async (some: readonly string[], of: Counted | null) => {
    try {
      // Few at a time: while they are written, the lease can't be renewed.
      let first = 0;
      for (; some.length - first > linesAtOnce; first += linesAtOnce) {
        const batch = some.slice(first, first + linesAtOnce);
        lease.learn(await appendLog(database, { evaluationId, leaseToken, lines: batch }));
      }
      const lines = some.slice(first);
      const progress = takeProgress(of);
      if (lines.length === 0 && !progress) return;
      lease.learn(await recordReport(database, { evaluationId, leaseToken, lines, progress }));
    } catch (error) {
      log.warn({ err: error }, 'progress could not be written');
    }
  };
  const flush = () => {
    const [some, of] = [lines, current];
    lines = [];
    writing = writing.then(() => write(some, of));
    return writing;
  };
  const timer = setInterval(flush, reportIntervalMilliseconds);
  return {
    begin(stage) {
      void flush();
      current = { ...stage, imagesDone: 0, written: -1 };
    },
    progress(imagesDone) {
      if (current) current.imagesDone = imagesDone;
    },
    line: (line) => void lines.push(line),
    flush,
    async take() {
      await (lines.length > linesAtOnce ? flush() : writing);
      const taken = { lines, progress: takeProgress(current) };
      lines = [];
      return taken;
    },
    finish() {
      clearInterval(timer);
      return flush();
    },
  };
}

/** How far it is, where that is news. */
function takeProgress(of: Counted | null) {
  if (!of || of.imagesDone === of.written) return null;
  of.written = of.imagesDone;
  const { stage, imagesTotal, imagesDone } = of;
  return { stage, imagesDone, imagesTotal };
}
