import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A study of a folder in MURA's layout. */
export interface SampleStudy {
  /** Relative to the folder: `MURA-v1.1/valid/XR_WRIST/patient00001/study1_positive`. */
  readonly study: string;
  readonly studyType: string;
  /** From the folder's suffix; null where it has none. */
  readonly label: 0 | 1 | null;
  /** Absolute paths, by name. */
  readonly images: readonly string[];
}

/**
 * Finds the studies of a folder: `…/XR_WRIST/patient00001/study1_positive/image1.png`. What macOS adds is passed over.
 *
 * @throws Error with a sentence where there is none
 */
export async function readSample(directory: string): Promise<SampleStudy[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(`There is no folder at ${directory}: name one in MURA’s layout with --sample DIR.`, { cause });
  });
  const images = entries
    .filter((entry) => entry.isFile() && /\.(png|jpe?g)$/i.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const studies = new Map<string, string[]>();
  for (const path of images) {
    const study = relative(directory, join(path, '..')).split(sep).join('/');
    studies.set(study, [...(studies.get(study) ?? []), path]);
  }
  const found = [...studies].flatMap(([study, paths]) => {
    const type = /(?:^|\/)XR_([A-Za-z]+)\//.exec(study)?.[1]?.toLowerCase();
    return type ? [{ study, studyType: type, label: readLabel(study), images: paths }] : [];
  });
  if (found.length === 0) {
    throw new Error(`${directory} has no study: expected folders such as XR_WRIST/patient00001/study1/image1.png.`);
  }
  return found;
}

function readLabel(study: string): 0 | 1 | null {
  if (study.endsWith('_positive')) return 1;
  return study.endsWith('_negative') ? 0 : null;
}
