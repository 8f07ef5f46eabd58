import { readdir } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { CommandError } from '../command-error.js';
import { studyTypeOf } from '../study-type.js';

/** A study of a folder in MURA's layout. */
export interface SampleStudy {
  /** Relative to the folder, without the label that its name may end with: `MURA-v1.1/valid/XR_WRIST/patient00001/study1`. */
  readonly study: string;
  readonly studyType: string;
  /** From the folder's suffix; null where it has none. */
  readonly label: 0 | 1 | null;
  /** With absolute paths, by name. */
  readonly images: readonly { readonly fileName: string; readonly path: string }[];
}

/**
 * Finds the studies of a folder: `…/XR_WRIST/patient00001/study1_positive/image1.png`. What macOS adds is passed over.
 *
 * @throws CommandError `sample_invalid` where there is none; the file system's error where the folder can't be read
 */
export async function readSample(directory: string): Promise<SampleStudy[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const images = entries
    .filter((entry) => entry.isFile() && /\.(png|jpe?g)$/i.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => resolve(entry.parentPath ?? entry.path, entry.name))
    // image10 stands after image2.
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const studies = new Map<string, string[]>();
  for (const path of images) {
    const study = relative(directory, dirname(path)).split(sep).join('/');
    const known = studies.get(study);
    if (known) known.push(path);
    else studies.set(study, [path]);
  }
  // A folder may be given from within: the study type is then above it.
  const found = [...studies].flatMap(([study, paths]) => {
    const studyType = studyTypeOf(resolve(directory, study).split(sep).join('/'));
    return studyType
      ? [
          {
            // As on a server, where no path tells a label.
            study: study.replace(/_(?:positive|negative)$/, ''),
            studyType,
            label: readLabel(study),
            images: paths.map((path) => ({ fileName: basename(path), path })),
          },
        ]
      : [];
  });
  if (found.length > 0) return found;
  throw new CommandError({
    code: 'sample_invalid',
    title: `${directory} has no study with a picture.`,
    next: 'Name a folder in MURA’s layout, with paths such as XR_WRIST/patient00001/study1/image1.png, by --sample DIR.',
  });
}

function readLabel(study: string): 0 | 1 | null {
  if (study.endsWith('_positive')) return 1;
  return study.endsWith('_negative') ? 0 : null;
}
