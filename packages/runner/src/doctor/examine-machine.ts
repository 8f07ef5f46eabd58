import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits, type Engine } from '@holdout/contracts';
import sharp from 'sharp';
import type { Gpu } from '../gpus/gpu.js';
import { keepProcessReady } from '../keep-process-ready.js';
import { openPredictor } from '../predictor.js';
import { type ContainerVariables, readContainerOptions } from '../sandbox/container/read-container-options.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import { demandSandbox } from '../sandbox/demand-sandbox.js';
import { type Sandbox, type SandboxKind, sandboxKinds } from '../sandbox/sandbox.js';
import { type ExaminedDevice, examineDevices } from './examine-devices.js';
import { type ProbeBundle, probeBundles } from './probe-bundles.js';

/** What a worker on this machine could run, tried. */
export interface Examination {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Device files. */
  readonly gpuDevices: readonly string[];
  readonly sandboxes: readonly ExaminedSandbox[];
  /** Each engine on each device, measured in the first sandbox that works. */
  readonly devices: readonly ExaminedDevice[];
}

export interface ExaminedSandbox {
  readonly kind: SandboxKind;
  readonly works: boolean;
  /** What keeps its limits; why it does not work. */
  readonly detail: string;
  /** Each engine, run once in it; empty where it does not work. */
  readonly engines: readonly ExaminedEngine[];
}

export interface ExaminedEngine {
  readonly engine: Engine;
  readonly works: boolean;
  /** From the start of its process to its prediction. */
  readonly seconds: number;
  /** Its version, and what it ran on; why it does not work. */
  readonly detail: string;
}

/**
 * Tries each sandbox, and each engine in it, with a bundle that says 1 for a white picture.
 *
 * @param environment - where it is said by what containers are run
 * @param gpus - those that evaluations may be given
 */
export async function examineMachine(environment: ContainerVariables, gpus: readonly Gpu[]): Promise<Examination> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-doctor-'));
  try {
    const picture = join(folder, 'white.png');
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'white' } })
      .png()
      .toFile(picture);
    const sandboxes: ExaminedSandbox[] = [];
    for (const kind of sandboxKinds) sandboxes.push(await examineSandbox(kind, environment, { folder, picture }));
    return {
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      gpuDevices: [...new Set(gpus.flatMap(({ files }) => files))],
      sandboxes,
      devices: await examineDevicesIn(sandboxes.find(({ works }) => works)?.kind, environment, { gpus, folder }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examineSandbox(
  kind: SandboxKind,
  environment: ContainerVariables,
  files: { folder: string; picture: string },
): Promise<ExaminedSandbox> {
  let sandbox: Sandbox;
  try {
    const container = kind === 'container' ? readContainerOptions(environment) : undefined;
    sandbox = await createSandbox({ kind, container });
    await demandSandbox(sandbox);
  } catch (error) {
    return { kind, works: false, detail: wordsOf(error), engines: [] };
  }
  const engines: ExaminedEngine[] = [];
  // What has no sandbox runs no program of a team.
  for (const probe of probeBundles.filter(({ manifest }) => kind !== 'none' || manifest.engine !== 'command')) {
    engines.push(await examineEngine(sandbox, probe, files));
  }
  const detail = kind === 'none' ? 'for development only; never for programs' : `limits by ${sandbox.enforcedBy}`;
  return { kind, works: true, detail, engines };
}

async function examineDevicesIn(
  kind: SandboxKind | undefined,
  environment: ContainerVariables,
  { gpus, folder }: { gpus: readonly Gpu[]; folder: string },
): Promise<ExaminedDevice[]> {
  if (kind === undefined) return [];
  const container = kind === 'container' ? readContainerOptions(environment) : undefined;
  return await examineDevices(await createSandbox({ kind, container }), gpus, folder);
}

async function examineEngine(
  sandbox: Sandbox,
  { manifest, unpack }: ProbeBundle,
  { folder, picture }: { folder: string; picture: string },
): Promise<ExaminedEngine> {
  const { engine } = manifest;
  const startedAt = performance.now();
  const makeFolder = () => mkdtempSync(join(folder, 'run-'));
  const models = keepProcessReady({ sandbox: { ...sandbox, mayWait: false }, makeFolder });
  try {
    const predictor = await openPredictor({
      ...{ manifest, unpack, sandbox, models, makeFolder },
      limits: { ...defaultRunLimits, timeLimitSeconds: 60 },
      threads: availableParallelism(),
    });
    try {
      const studies = [{ study: 'XR_WRIST/patient00001/study1', images: [{ fileName: 'image1.png', path: picture }] }];
      const { predictions, provenance } = await predictor.run({ studies });
      const seconds = (performance.now() - startedAt) / 1000;
      const works = predictions[0]?.label === 1;
      const on = provenance.device === null ? '' : ` on ${provenance.device}`;
      const detail = works ? `${provenance.engineVersion}${on}` : 'it gave a wrong answer for a white picture';
      return { engine, works, seconds, detail };
    } finally {
      await predictor.close();
    }
  } catch (error) {
    return { engine, works: false, seconds: (performance.now() - startedAt) / 1000, detail: wordsOf(error) };
  } finally {
    await models.close();
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ');
}
