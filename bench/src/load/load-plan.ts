/** What the process of the clients is told. */
export interface LoadPlan {
  readonly address: string;
  /** For hearing of each commit. */
  readonly databaseUrl: string;
  /** One for each client that uploads. */
  readonly tokens: readonly string[];
  /** A file; each upload gets a name of its own. */
  readonly bundle: string;
  readonly seconds: number;
}

/** How many clients there are of each kind: 200 together. */
export const clients = { uploading: 20, boards: 40, submissions: 40, reading: 100 } as const;

/** What the clients found. Times in milliseconds. */
export interface LoadReport {
  readonly reads: number;
  readonly readP50: number;
  readonly readP99: number;
  readonly readLongest: number;
  readonly uploads: number;
  /** From the first byte to the answer that the submission is there. */
  readonly uploadP50: number;
  readonly uploadP99: number;
  /** Submissions that ended with a score. */
  readonly scored: number;
  readonly events: number;
  readonly eventP50: number;
  readonly eventP99: number;
  readonly eventLongest: number;
  readonly boardChanges: number;
  readonly boardP50: number;
  readonly boardLongest: number;
  /** The first thirty that differ. */
  readonly errors: readonly string[];
  readonly errorCount: number;
}
