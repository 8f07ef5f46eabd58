import {
  addReferenceEntries,
  createCompetition,
  findCompetition,
  type ImportedStudy,
  importTestSet,
  openProvisioning,
  type Provisioning,
} from '@holdout/api';
import {
  demoSets,
  generateStudies,
  planStudies,
  readStudies,
  type SyntheticStudy,
  syntheticVoters,
} from '@holdout/testset';
import { sayProgress } from '../say.js';
import type { Parts } from '../start-parts.js';
import { type DemoAccounts, provideAccounts } from './accounts.js';

const competition = 'mura';

/** Makes the demo competition `mura` with its phases, test sets and accounts; what is there already stays as it is. */
export async function provideDemoCompetition(parts: Parts): Promise<DemoAccounts> {
  const provisioning = await openProvisioning(parts);
  try {
    const accounts = await provideAccounts(provisioning, parts.dataDirectory);
    if (await findCompetition(provisioning.database, competition)) return accounts;
    const sample = await importSynthetic(provisioning, 'sample', 'sample studies');
    const practice = await importSynthetic(provisioning, 'practice', 'public practice studies');
    const hidden = await importSynthetic(provisioning, 'hidden', 'hidden test studies');
    await createCompetition(provisioning, describe(sample, practice, hidden));
    for (const phase of ['practice', 'test']) await addReferenceEntries(provisioning, { competition, phase });
    return accounts;
  } finally {
    await provisioning.close();
  }
}

async function importSynthetic(
  provisioning: Provisioning,
  name: 'sample' | 'practice' | 'hidden',
  what: string,
): Promise<string> {
  const set = demoSets[name];
  const plans = planStudies(set);
  const readings = readStudies({ seed: set.seed, plans });
  const progress = sayProgress(`Drawing the ${what}`, plans.length);
  async function* toImport(studies: AsyncIterable<SyntheticStudy>): AsyncGenerator<ImportedStudy> {
    let done = 0;
    for await (const { study, studyType, patient, images } of studies) {
      const readerLabels = Object.fromEntries(readings.map(({ reader, labels }) => [reader, labels.get(study) ?? 0]));
      yield {
        study,
        studyType,
        patient,
        readerLabels,
        images: images.map(({ fileName, png }) => ({ fileName, bytes: png })),
      };
      done += 1;
      progress(done);
    }
  }
  const studies = toImport(generateStudies(set));
  const testSet = `${competition}-${name}`;
  const { versionId } = await importTestSet(provisioning, { testSet, studies, goldReaders: syntheticVoters });
  return versionId;
}

function describe(sampleVersionId: string, practiceVersionId: string, hiddenVersionId: string) {
  return {
    competition,
    title: 'MURA (demo)',
    description:
      'Is a radiograph study of the upper limb normal or abnormal? This demo has the form and the exact composition ' +
      'of Stanford’s MURA competition; its radiographs are synthetic, so no patient’s picture is in it.',
    phases: [
      {
        phase: 'test',
        title: 'Test',
        description:
          '207 studies that no team has seen, 92 of them abnormal; the majority of three readers is the gold standard.',
        visibility: 'hidden' as const,
        testSetVersionId: hiddenVersionId,
        sampleVersionId,
      },
      {
        phase: 'practice',
        title: 'Practice',
        description: '70 public studies, ten of each type, to try a bundle on.',
        visibility: 'public' as const,
        quotas: { perDay: null, total: null, atOnce: null },
        testSetVersionId: practiceVersionId,
        sampleVersionId,
      },
    ],
  };
}
