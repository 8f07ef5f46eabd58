import type { ErrorCode, ProblemItem, ResolvedManifest, Sentence } from '@holdout/contracts';
import type { BundleFile } from '../bundle-files.js';
import type { BundleLimits } from '../limits.js';

/** What such a thread is given. */
export interface CheckThreadData {
  readonly path: string;
  readonly limits: BundleLimits;
  /** Where the bundle is packed anew once it was found to be good; null where it is not. */
  readonly packedPath: string | null;
}

/** What a thread that checks tells: errors lose their class on the way between threads. */
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

/** The program of such a thread. */
export const checkThreadProgram = new URL('./check-thread.js', import.meta.url);
