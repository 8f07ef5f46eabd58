import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { packDemoBundle } from '@holdout/baseline';
import { checkBundle, openArchive, packBundle } from '@holdout/bundle';
import type { Hardware } from '@holdout/contracts';
import {
  claimEvaluation,
  type Database,
  evaluatorRole,
  findSubmission,
  insertSubmission,
  openDatabase,
  type SubmissionRecord,
} from '@holdout/db';
import { seedPhase, startTestPostgres } from '@holdout/db/testing';
import { createQueue, prepareQueue } from '@holdout/queue';
import { chooseGpus, createSandbox, keepProcessReady, openPixels, type Pixels } from '@holdout/runner';
import { createDiskStorage, type Storage } from '@holdout/storage';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import sharp from 'sharp';
import { type EvaluationTools, evaluateSubmission } from '../evaluate-submission.js';
import { measureWork } from '../metrics/measure-work.js';
import type { ScoringTools } from '../score-predictions.js';

/** A worker's tools over a real Postgres, a real queue and real files; the evaluator's connection has its own role. */
export interface WorkerFixture {
  /** What the evaluating worker has: no right on labels. */
  evaluating: EvaluationTools;
  /** What the scoring worker has. */
  scoring: ScoringTools;
  owner: Database;
  /** Where both measure their work. */
  registry: Registry;
  scratchDirectory: string;
  pixels: Pixels;
  /** Enters a demo bundle; `spoil` changes the archive after it was checked, as a bad disk might. */
  submit(options?: {
    slug?: 'onnx' | 'tfjs' | 'weak';
    /** A program of Python in place of a demo model: the bundle's only file, `src/predict.py`. */
    program?: string;
    spoil?: boolean;
    timeLimitSeconds?: number;
    failures?: 'kind' | 'failed';
    /** The class that its phase says. */
    hardware?: Hardware;
    /** How many its phase has, of three images each. */
    studyCount?: number;
    stopOnWarning?: boolean;
  }): Promise<Submitted>;
  read(submitted: Submitted): Promise<SubmissionRecord>;
  close(): Promise<void>;
}

interface Submitted {
  submissionId: string;
  evaluationId: string;
  phaseId: string;
}

/** What a worker does with this evaluation and no other; nothing where another worker holds it, or it has ended. */
export async function evaluateById(tools: EvaluationTools, evaluationId: string, shutdown: AbortSignal): Promise<void> {
  const { owner, leaseSeconds } = tools.config;
  const claim = await claimEvaluation(tools.database, { evaluationId, owner, leaseSeconds });
  if (claim) await evaluateSubmission(tools, claim, shutdown);
}

/** @param open - opens another storage than a folder; it is given one for what it keeps on this machine */
export async function startWorkerFixture(
  open: (directory: string) => Promise<Storage> = (directory) => createDiskStorage({ directory }),
): Promise<WorkerFixture> {
  const postgres = await startTestPostgres();
  const { ownerUrl, evaluatorUrl } = await postgres.createDatabase();
  await prepareQueue({ postgresUrl: ownerUrl, roles: [evaluatorRole] });
  const folder = await mkdtemp(join(tmpdir(), 'holdout-worker-'));
  const scratchDirectory = join(folder, 'scratch');
  await mkdir(scratchDirectory);
  const storage = await open(join(folder, 'storage'));
  const owner = openDatabase({ url: ownerUrl, applicationName: 'test-owner' });
  const evaluator = openDatabase({ url: evaluatorUrl, applicationName: 'test-evaluator' });
  const queue = await createQueue({ postgresUrl: evaluatorUrl });
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const pixels = await openPixels({ directory: join(folder, 'decoded'), limitBytes: 1e9 });
  const models = keepProcessReady({ sandbox, pixels, makeFolder: () => mkdtempSync(join(folder, 'model-')) });
  const log = pino({ level: 'silent' });
  const registry = new Registry();
  const meter = measureWork(registry);
  const config = {
    databaseUrl: evaluatorUrl,
    storage: { directory: join(folder, 'storage'), s3: null },
    cacheBytes: 0,
    scratchDirectory,
    decodedDirectory: join(folder, 'decoded'),
    decodedBytes: 1e9,
    logLevel: 'silent',
    leaseSeconds: 4,
    reconcileSeconds: 1,
    serves: ['cpu', 'gpu'] as const,
    maxAttempts: 3,
    drainSeconds: 0,
    threads: 2,
    gpus: chooseGpus('software', join(folder, 'gpu-locks')),
    sandbox: 'bubblewrap' as const,
    container: undefined,
    redisUrl: undefined,
    telemetry: { metrics: null, traces: false },
    owner: 'test',
    machine: 'test',
  };
  const images = await Promise.all([60, 120, 200].map((grey) => storeImage(grey)));

  async function storeImage(grey: number) {
    const pixels = Buffer.alloc(300 * 200, grey);
    const png = await sharp(pixels, { raw: { width: 300, height: 200, channels: 1 } })
      .png()
      .toBuffer();
    const { digest, sizeBytes } = await storage.put(Readable.from([png]));
    return { digest, sizeBytes, width: 300, height: 200 };
  }

  /** With a team of its own. */
  function makePhase(timeLimitSeconds: number, studyCount: number): Promise<{ phaseId: string; teamId: string }> {
    const studies = Array.from({ length: studyCount }, (_, index) => ({
      study: `XR_WRIST/patient${String(index).padStart(5, '0')}/study1`,
      studyType: 'wrist',
      patient: `patient${index}`,
      goldLabel: (index % 2) as 0 | 1,
      images: images.map((image, view) => ({ ...image, fileName: `image${view + 1}.png` })),
    }));
    return seedPhase(owner, { studies, timeLimitSeconds });
  }

  return {
    evaluating: { database: evaluator, storage, queue, sandbox, models, config, log, meter },
    scoring: { database: owner, storage, config, log, meter },
    owner,
    registry,
    scratchDirectory,
    pixels,
    async submit(options = {}) {
      const { slug = 'weak', program, spoil = false, timeLimitSeconds = 600, failures = 'kind' } = options;
      const { stopOnWarning = false, hardware = 'cpu', studyCount = 30 } = options;
      const archive = program === undefined ? await packDemoBundle(slug) : await packProgram(program);
      const source = {
        sizeBytes: archive.length,
        read: async (from: number, length: number) => archive.subarray(from, from + length),
      };
      const { manifest } = await checkBundle(await openArchive(source));
      if (spoil && manifest.engine !== 'command') manifest.output.index = 7;
      const { digest, sizeBytes } = await storage.put(Readable.from([Buffer.from(archive)]));
      const { phaseId, teamId } = await makePhase(timeLimitSeconds, studyCount);
      await owner.updateTable('phases').set({ failures, hardware }).where('id', '=', phaseId).execute();
      const bundle = { bundleDigest: digest, bundleSizeBytes: sizeBytes, stopOnWarning };
      return { ...(await insertSubmission(owner, { phaseId, teamId, manifest, ...bundle })), phaseId };
    },
    async read({ submissionId }) {
      const submission = await findSubmission(owner, submissionId);
      if (!submission) throw new Error('The submission is gone.');
      return submission;
    },
    async close() {
      await models.close();
      await pixels.close();
      await queue.close();
      await owner.close();
      await evaluator.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function packProgram(text: string): Promise<Uint8Array> {
  const path = 'src/predict.py';
  const bytes = Buffer.from(text);
  const stream = async function* () {
    yield bytes;
  };
  const file = { path, sizeBytes: bytes.length };
  const packed = packBundle({ files: [file], stream });
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
