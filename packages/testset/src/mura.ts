/**
 * The facts of MURA that the project needs. Source: Rajpurkar et al., “MURA: Large Dataset for Abnormality Detection
 * in Musculoskeletal Radiographs”, arXiv 1712.06957; the hidden test set's composition follows from the results that
 * the official leaderboard published.
 */

/** The seven study types, in the order of the paper. */
export const muraStudyTypes = ['elbow', 'finger', 'forearm', 'hand', 'humerus', 'shoulder', 'wrist'] as const;
export type MuraStudyType = (typeof muraStudyTypes)[number];

/** How many studies, abnormal studies and images of one type a test set holds. */
export interface TypeComposition {
  readonly studies: number;
  readonly abnormal: number;
  readonly images: number;
}
export type Composition = Readonly<Record<MuraStudyType, TypeComposition>>;

/** The official hidden test set: 207 studies, 92 of them abnormal, 556 images. */
export const officialComposition: Composition = {
  elbow: { studies: 28, abnormal: 11, images: 79 },
  finger: { studies: 30, abnormal: 11, images: 94 },
  forearm: { studies: 30, abnormal: 16, images: 67 },
  hand: { studies: 30, abnormal: 11, images: 86 },
  humerus: { studies: 30, abnormal: 15, images: 61 },
  shoulder: { studies: 30, abnormal: 13, images: 89 },
  wrist: { studies: 29, abnormal: 15, images: 80 },
};

/** A set with the same numbers for each type. */
export function uniformComposition(perType: TypeComposition): Composition {
  return {
    elbow: perType,
    finger: perType,
    forearm: perType,
    hand: perType,
    humerus: perType,
    shoulder: perType,
    wrist: perType,
  };
}

/** MURA's folder of a study, without the set's own root: `XR_WRIST/patient11185/study1`. */
export function muraStudyPath(studyType: MuraStudyType, patient: string, study: number): string {
  return `XR_${studyType.toUpperCase()}/${patient}/study${study}`;
}
