import type { ErrorCode, ProblemItem, ResolvedManifest, Sentence } from '@holdout/contracts';

/** What a thread that checks tells: errors lose their class on the way between threads. */
export type CheckAnswer =
  | { readonly manifest: ResolvedManifest }
  | {
      readonly refusal: {
        readonly code: ErrorCode;
        readonly detail?: string;
        readonly sentences: readonly Sentence[];
        readonly problems: readonly ProblemItem[];
      };
    };

/** The program of such a thread: its data are `path` and `limits`. */
export const checkThreadProgram = new URL('./check-thread.js', import.meta.url);
