/** The study type that MURA's folder in a path names, `XR_WRIST` → `wrist`; null where none does. */
export function studyTypeOf(path: string): string | null {
  return /(?:^|\/)XR_([A-Za-z]+)(?:\/|$)/.exec(path)?.[1]?.toLowerCase() ?? null;
}
