import { competitionFileSchema } from '@holdout/contracts';
import { applyCompetition } from '../competitions/apply-competition.js';
import { createOrganiserToken, createTeamWithToken } from '../provision/create-token.js';
import type { Provisioning } from '../provision/open-provisioning.js';
import { type ImportedStudy, importTestSet } from '../test-sets/import-test-set.js';
import { makePng } from './make-png.js';

/** The competition of the tests: `mura` with `practice` and `test`, two teams and an organiser. */
export interface SeededCompetition {
  readonly alpha: { teamId: string; token: string };
  readonly beta: { teamId: string; token: string };
  readonly organiser: { token: string };
  readonly hiddenVersion: { versionId: string; digest: string };
}

/** What the six readers said of the four hidden studies; the first three are the gold standard: 0, 1, 1, 0. */
const readings: Readonly<Record<string, readonly [0 | 1, 0 | 1, 0 | 1, 0 | 1]>> = {
  'Reader 1': [0, 1, 1, 0],
  'Reader 2': [0, 1, 0, 0],
  'Reader 3': [1, 1, 1, 0],
  'Reader 4': [0, 1, 1, 0],
  'Reader 5': [0, 1, 0, 0],
  'Reader 6': [1, 0, 0, 1],
};
export const goldReaders = ['Reader 1', 'Reader 2', 'Reader 3'];

export const smallBundleLimitBytes = 200_000;

/** Four hidden studies with two views each. */
export function hiddenStudies(): ImportedStudy[] {
  return [0, 1, 2, 3].map((place) => ({
    study: `XR_${place % 2 === 0 ? 'WRIST' : 'ELBOW'}/patient0000${place}/study1`,
    studyType: place % 2 === 0 ? 'wrist' : 'elbow',
    patient: `patient0000${place}`,
    images: [1, 2].map((view) => ({ fileName: `image${view}.png`, bytes: makePng(20 + place, 30 + view, place * 20) })),
    readerLabels: Object.fromEntries(Object.entries(readings).map(([reader, labels]) => [reader, labels[place] ?? 0])),
  }));
}

export function publicStudies(): ImportedStudy[] {
  return [0, 1].map((place) => ({
    study: `XR_HAND/patient1000${place}/study1`,
    studyType: 'hand',
    patient: `patient1000${place}`,
    images: [{ fileName: 'image1.png', bytes: makePng(16, 16, 100 + place) }],
    goldLabel: place === 0 ? 0 : 1,
  }));
}

export async function seedCompetition(provisioning: Provisioning): Promise<SeededCompetition> {
  await importTestSet(provisioning, { testSet: 'mura-practice', studies: publicStudies() });
  const hidden = await importTestSet(provisioning, { testSet: 'mura-test', studies: hiddenStudies(), goldReaders });
  const quotas = { perDay: null, total: null, atOnce: null };
  const file = competitionFileSchema.parse({
    competition: 'mura',
    title: 'MURA',
    description: 'Normal or abnormal?',
    phases: [
      {
        phase: 'practice',
        title: 'Practice',
        description: 'Against public studies.',
        visibility: 'public',
        testSet: 'mura-practice',
        sample: 'mura-practice',
        limits: { bundleSize: smallBundleLimitBytes },
        quotas,
      },
      {
        phase: 'test',
        title: 'Test',
        description: 'Against hidden studies.',
        visibility: 'hidden',
        testSet: 'mura-test',
        sample: 'mura-practice',
        quotas,
      },
    ],
  });
  await applyCompetition(provisioning.database, { file, actor: 'the tests' });
  return {
    alpha: await createTeamWithToken(provisioning, { team: 'Team <Alpha>' }),
    beta: await createTeamWithToken(provisioning, { team: 'Team Beta' }),
    organiser: await createOrganiserToken(provisioning),
    hiddenVersion: hidden,
  };
}
