import { type MuraStudyType, muraStudyTypes } from '../mura.js';

/** Where a file of a MURA-layout folder belongs. */
export interface ImagePlace {
  /** `XR_WRIST/patient00001/study1`, without the suffix that tells the label. */
  readonly study: string;
  /** `wrist`; null where the folder names a type that there is none of. */
  readonly studyType: MuraStudyType | null;
  readonly patient: string;
  /** From the folder's suffix, where it has one. */
  readonly label: 0 | 1 | null;
}

const studyPattern = /(?:^|\/)(XR_([A-Za-z0-9]+)\/([^/]+)\/(study[^/_]*))(?:_(positive|negative))?(?:\/|$)/i;

/** Reads the study out of a path; null where there is none in it. */
export function parseStudyPath(path: string): ImagePlace | null {
  const [, study, type = '', patient, , suffix] = studyPattern.exec(path) ?? [];
  if (study === undefined || patient === undefined) return null;
  const studyType = muraStudyTypes.find((known) => known === type.toLowerCase()) ?? null;
  const label = suffix === undefined ? null : suffix.toLowerCase() === 'positive' ? 1 : 0;
  return { study, studyType, patient, label };
}

export function isImage(path: string): boolean {
  return /\.(png|jpe?g|dcm|tiff?|bmp)$/i.test(path);
}
