import type { EventContent } from '../tables/evaluation-events.js';
import { storableText } from './storable-text.js';

/** What a worker says of an evaluation while it goes on. */
export interface Report {
  /** For the log that the team sees. */
  lines: readonly string[];
  /** null where that is no news. */
  progress: Progress | null;
}

/** Images done of images in all. */
export interface Progress {
  stage: 'checking' | 'running';
  imagesDone: number;
  imagesTotal: number;
}

/** What a report changes of the evaluation's row. */
export function reportedColumns({ progress }: Report) {
  if (!progress) return {};
  const { stage, imagesDone, imagesTotal } = progress;
  return { progressStage: stage, imagesDone, imagesTotal };
}

/** What is told of a report, in its order. */
export function listReported({ lines, progress }: Report): EventContent[] {
  const log = lines.map((line) => ({ kind: 'log', data: { line: storableText(line) } }) as const);
  return progress ? [...log, { kind: 'progress', data: progress }] : log;
}
