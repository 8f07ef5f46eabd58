import { createHash, randomUUID } from 'node:crypto';
import type { ConfusionCounts, MetricTable, MetricValue, ResolvedManifest, Score } from '@holdout/contracts';
import type { Database } from '../open-database.js';
import { insertCompetition } from '../tables/competitions.js';
import { insertPhase } from '../tables/phases.js';
import { insertTeam } from '../tables/teams.js';
import { insertTestSetVersion } from '../tables/test-set-versions.js';
import { insertSubmission } from '../transitions/insert-submission.js';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface SeededPhase {
  phaseId: string;
  teamId: string;
  versionId: string;
}

interface SeedOptions {
  title?: string;
  /** Of its test set, with labels that are given directly. */
  studies?: Parameters<typeof insertTestSetVersion>[1]['studies'];
  timeLimitSeconds?: number;
}

/** A competition with one phase over three studies, or over others, and a team; every call makes another. */
export async function seedPhase(
  db: Database,
  { title = 'MURA', studies, timeLimitSeconds = 600 }: SeedOptions = {},
): Promise<SeededPhase> {
  const name = `c-${randomUUID()}`;
  const readings = { readers: [], goldReaders: [] };
  const testSet = { testSet: name, digest: sha256(name), ...(studies ? { studies, ...readings } : threeStudies()) };
  const versionId = await insertTestSetVersion(db, testSet);
  const competitionId = await insertCompetition(db, { slug: name, title, description: '' });
  const phaseId = await insertPhase(db, {
    competitionId,
    slug: 'test',
    title: 'Test',
    description: '',
    position: 0,
    visibility: 'hidden',
    testSetVersionId: versionId,
    sampleVersionId: versionId,
    bundleSizeBytes: 3_000_000_000,
    timeLimitSeconds,
    memoryLimitBytes: 4_000_000_000,
  });
  return { phaseId, versionId, teamId: await insertTeam(db, `team of ${name}`) };
}

function threeStudies() {
  return {
    studies: [seedStudy('wrist', 1, 0), seedStudy('elbow', 2, 1), seedStudy('wrist', 3, 1)],
    readers: [{ reader: 'ada', labels: new Map([['XR_WRIST/patient1/study1', 1 as const]]) }],
    goldReaders: ['ada'],
  };
}

export function seedStudy(studyType: string, patient: number, goldLabel: 0 | 1) {
  const images = [1, 2].map((view) => ({
    fileName: `image${view}.png`,
    digest: sha256(`${patient} ${view}`),
    sizeBytes: 1000 * patient + view,
    width: 400,
    height: 300,
  }));
  const study = `XR_${studyType.toUpperCase()}/patient${patient}/study1`;
  return { study, studyType, patient: `patient${patient}`, goldLabel, images };
}

export function seedSubmission(
  db: Database,
  { phaseId, teamId }: SeededPhase,
  name = 'a model',
  asked: { uploadId?: string; requestId?: string } = {},
) {
  const bundle = { bundleDigest: sha256(name), bundleSizeBytes: 2_500_000_000 };
  return insertSubmission(db, { phaseId, teamId, manifest: { ...manifest, name }, ...asked, ...bundle });
}

export const manifest: ResolvedManifest = {
  name: 'a model',
  studyAggregation: 'mean',
  threshold: 0.5,
  engine: 'onnx',
  model: 'model.onnx',
  input: {
    name: 'input',
    width: 64,
    height: 64,
    channels: 1,
    layout: 'nchw',
    resize: 'stretch',
    scale: 1 / 255,
    mean: [0],
    std: [1],
    fixedBatchSize: null,
  },
  output: { name: 'output', activation: 'none', index: 0 },
};

/** A score of three studies with this kappa; null is undefined. */
export function scoreOf(kappa: number | null): Score {
  const counts: ConfusionCounts = { truePositive: 1, falsePositive: 1, trueNegative: 1, falseNegative: 0 };
  const half: MetricValue = { value: 0.5 };
  const overall: MetricTable = {
    studies: 3,
    counts,
    kappa: kappa === null ? { value: null, reason: 'one class' } : { value: kappa },
    accuracy: half,
    balancedAccuracy: half,
    sensitivity: half,
    specificity: half,
    f1: half,
    auroc: half,
  };
  return { studies: 3, overall, byStudyType: {} };
}
