import { readFile } from 'node:fs/promises';
import {
  applyCompetition,
  findCompetition,
  type ImportedStudy,
  importTestSet,
  openProvisioning,
  type Provisioning,
  provideStarterBundles,
  provideTeamOwner,
} from '@holdout/api';
import { packDemoBundle, starterBundles } from '@holdout/baseline';
import { competitionFileSchema } from '@holdout/contracts';
import {
  demoSets,
  generateStudies,
  planStudies,
  readStudies,
  type SyntheticStudy,
  syntheticVoters,
} from '@holdout/testset';
import { parse } from 'yaml';
import { sayProgress } from '../say.js';
import type { Parts } from '../start-parts.js';
import { type DemoAccounts, provideAccounts } from './accounts.js';

const competition = 'mura';
/** Written as an organiser would write it. */
const demoFile = new URL('../../demo/mura.yaml', import.meta.url);

interface Progress {
  /** Called as soon as this person can sign in. */
  onPerson(role: keyof DemoAccounts['people'], accounts: DemoAccounts): void;
}

/** Makes the demo competition `mura` with its phases, test sets and accounts; what is there already stays as it is. */
export async function provideDemoCompetition(parts: Parts, progress?: Progress): Promise<DemoAccounts> {
  const provisioning = await openProvisioning({ ...parts, environment: process.env });
  try {
    const { accounts, anew } = await provideAccounts(provisioning, parts.dataDirectory);
    progress?.onPerson('siteAdmin', accounts);
    if (!(await findCompetition(provisioning.database, competition))) await makeCompetition(provisioning);
    // Also where an earlier version made it, which knew of none.
    const archives = await Promise.all(starterBundles.map(packDemoBundle));
    await provideStarterBundles(provisioning, { competition, actor: 'npm start', archives });
    const { yours, people } = accounts;
    await provideTeamOwner(provisioning, { ...people.you, anew, team: yours.team, competition });
    progress?.onPerson('you', accounts);
    return accounts;
  } finally {
    await provisioning.close();
  }
}

async function makeCompetition(provisioning: Provisioning): Promise<void> {
  await importSynthetic(provisioning, 'sample', 'sample studies');
  await importSynthetic(provisioning, 'practice', 'public practice studies');
  await importSynthetic(provisioning, 'hidden', 'hidden test studies');
  const file = competitionFileSchema.parse(parse(await readFile(demoFile, 'utf8')));
  await applyCompetition(provisioning.database, { file, actor: 'npm start' });
}

async function importSynthetic(
  provisioning: Provisioning,
  name: 'sample' | 'practice' | 'hidden',
  what: string,
): Promise<void> {
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
  await importTestSet(provisioning, { testSet, studies, goldReaders: syntheticVoters });
}
