import type { TestSetContents } from '@holdout/contracts';
import type { TestSetVersionRecord } from '@holdout/db';

/** A version with its labels, for organisers. */
export function presentTestSet({ digest, goldReaders, studies, readers }: TestSetVersionRecord): TestSetContents {
  return {
    version: digest,
    goldReaders: [...goldReaders],
    studies: studies.map(({ study, source, studyType, patient, images, goldLabel }) => ({
      study,
      source: source?.study ?? null,
      studyType,
      patient,
      images: images.length,
      goldLabel,
      readerLabels: Object.fromEntries(
        readers.flatMap(({ reader, labels }) => {
          const label = labels.get(study);
          return label === undefined ? [] : [[reader, label]];
        }),
      ),
    })),
  };
}
