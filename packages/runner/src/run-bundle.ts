import type { ResolvedModelManifest } from '@holdout/contracts';
import { type RunImage, type RunResult, startModel } from './start-model.js';

export interface RunOptions {
  /** The unpacked and checked bundle. */
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly images: readonly RunImage[];
  /** Wall-clock time from the start of the process to its last prediction. */
  readonly timeLimitSeconds: number;
  /** Resident memory of the process. */
  readonly memoryLimitBytes: number;
  /** For the engine; all cores where it is left out. */
  readonly threads?: number;
  /** Ends the process within a second; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  /** Receives the lines that the process printed, cut to a bounded length and number. */
  readonly onLog?: (line: string) => void;
}

/** Runs a bundle's model on one list of images: starts it, predicts, and ends it. Throws what `RunningModel.run` does. */
export async function runBundle(options: RunOptions): Promise<RunResult> {
  const model = startModel(options);
  try {
    return await model.run(options);
  } finally {
    await model.close();
  }
}
