import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultRunLimits, HoldoutError, type ResolvedCommandManifest, type RunLimits } from '@holdout/contracts';
import type { RunStudy } from '../command/lay-out-work.js';
import { type CommandResult, runCommand } from '../command/run-command.js';
import type { Gpu } from '../gpus/gpu.js';
import type { Sandbox } from '../sandbox/sandbox.js';

/** What a test's program did: its predictions or the reason that there are none, and what it printed. */
export interface Outcome {
  readonly result: CommandResult | null;
  readonly fault: HoldoutError | null;
  readonly log: string;
}

interface ProgramOptions {
  readonly studies?: readonly string[];
  readonly limits?: Partial<RunLimits>;
  readonly manifest?: Partial<ResolvedCommandManifest>;
  readonly files?: Readonly<Record<string, string>>;
  readonly gpus?: readonly Gpu[];
  readonly signal?: AbortSignal;
  readonly onLog?: (line: string) => void;
}

export const testStudies = [1, 2, 3].map((patient) => `MURA-v1.1/test/XR_WRIST/patient0000${patient}/study1`);
const secret = 'pixels of a hidden image';

/** Says 0.25 for each study, as a good program would; the programs of the attacks begin with it. */
export const wellBehaved = `
import csv, os, sys
paths = [row[0] for row in csv.reader(open(sys.argv[1]))]
studies = list(dict.fromkeys(os.path.dirname(path) for path in paths))
def predict(value=0.25):
    with open(sys.argv[2], 'w') as out:
        for study in studies:
            out.write('%s/,%s\\n' % (study, value))
`;

/** Runs a Python program as a bundle's `src/predict.py` on studies of two files each. */
export async function runProgram(sandbox: Sandbox, source: string, options: ProgramOptions = {}): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), `holdout-program-${process.pid}-`));
  try {
    const bundleDirectory = join(folder, 'bundle');
    for (const [name, text] of Object.entries({ 'src/predict.py': source, ...options.files })) {
      await mkdir(dirname(join(bundleDirectory, name)), { recursive: true });
      await writeFile(join(bundleDirectory, name), text);
    }
    const studies = await writeStudies(folder, options.studies ?? testStudies);
    const lines: string[] = [];
    const onLog = (line: string) => {
      lines.push(line);
      options.onLog?.(line);
    };
    const limits = { ...defaultRunLimits, timeLimitSeconds: 30, ...options.limits };
    const manifest = { ...commandManifest, ...options.manifest };
    const { gpus = [] } = options;
    const run = { sandbox, manifest, bundleDirectory, folder, studies, limits, gpus, onLog };
    try {
      const result = await runCommand({ ...run, ...(options.signal ? { signal: options.signal } : {}) });
      return { result, fault: null, log: lines.join('\n') };
    } catch (error) {
      if (error instanceof HoldoutError) return { result: null, fault: error, log: lines.join('\n') };
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const commandManifest: ResolvedCommandManifest = {
  name: 'A program',
  engine: 'command',
  command: ['python3', 'src/predict.py', '{images_csv}', '{predictions_csv}'],
  threshold: 0.5,
  image: null,
  gpu: false,
  memoryBytes: null,
  timeLimitSeconds: null,
  environment: {},
};

async function writeStudies(folder: string, names: readonly string[]): Promise<RunStudy[]> {
  const path = join(folder, 'image');
  await writeFile(path, secret, { mode: 0o444 });
  return names.map((study) => ({
    study,
    images: ['image1.png', 'image2.png'].map((fileName) => ({ fileName, path })),
  }));
}
