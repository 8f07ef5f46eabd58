import type { ErrorCode, ProblemItem, ResolvedManifest, Sentence } from '@holdout/contracts';
import type { BundleFile } from '../bundle-files.js';
import type { BundleLimits } from '../limits.js';

/** What a process that checks tells: errors lose their class on the way between processes. */
export type CheckAnswer =
  | { readonly manifest: ResolvedManifest; readonly files: readonly BundleFile[] }
  | {
      readonly refusal: {
        readonly code: ErrorCode;
        readonly detail?: string;
        readonly sentences: readonly Sentence[];
        readonly problems: readonly ProblemItem[];
      };
    };

/** An archive to check, and what it may have. */
export interface CheckTask {
  readonly path: string;
  readonly limits: BundleLimits;
  /** Where the bundle is packed anew once it was found to be good; null where it is not. */
  readonly packedPath: string | null;
}

/** The program of such a process: its default export takes a task. */
export const checkProgram = new URL('./check-archive.js', import.meta.url);
