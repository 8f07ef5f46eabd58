export const testSetViews = ['studies', 'versions', 'import'] as const;
export type TestSetView = (typeof testSetViews)[number];

/** Which version of which phase's test set is looked at, as the page's address says it. */
export interface VersionSearch {
  readonly phase?: string;
  /** The digest; the present version where it is left out. */
  readonly version?: string;
  readonly view?: TestSetView;
  /** The study that is open. */
  readonly study?: string;
}

/** Reads it from whatever an address holds: what can't be meant is left out. */
export function readVersionSearch({ phase, version, view, study }: Record<string, unknown>): VersionSearch {
  const known = testSetViews.find((each) => each === view);
  return {
    ...(isText(phase) ? { phase } : {}),
    ...(isText(version) && /^[0-9a-f]{64}$/.test(version) ? { version } : {}),
    ...(known ? { view: known } : {}),
    ...(isText(study) ? { study } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
