import { createHash } from 'node:crypto';

/** What a version is named by. */
interface DigestedStudy {
  readonly study: string;
  readonly studyType: string;
  readonly patient: string;
  readonly images: readonly { readonly fileName: string; readonly digest: string }[];
  readonly readerLabels?: Readonly<Record<string, 0 | 1>>;
  readonly goldLabel: 0 | 1;
}

/**
 * The sha256 over a list in one fixed form: studies by name, readers by name, arrays instead of objects,
 * so that nothing depends on the order in which things were given.
 */
export function digestStudies(studies: readonly DigestedStudy[], goldReaders: readonly string[]): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(['holdout-test-set-1', [...goldReaders].sort(compareText)])}\n`);
  for (const { study, studyType, patient, images, readerLabels = {}, goldLabel } of studies) {
    const pictures = images.map(({ fileName, digest }) => [fileName, digest]);
    const readings = Object.entries(readerLabels).sort(([a], [b]) => compareText(a, b));
    hash.update(`${JSON.stringify([study, studyType, patient, pictures, readings, goldLabel])}\n`);
  }
  return hash.digest('hex');
}

/** By code units, which no machine's language settings change. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
