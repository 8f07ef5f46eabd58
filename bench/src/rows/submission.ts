import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packDemoBundle } from '@holdout/baseline';
import { type Submission, submissionSchema } from '@holdout/contracts';
import type { Row } from '../measurement.js';
import { type RunningServer, startServer } from '../start-server.js';

const phase = '/api/competitions/mura/phases/practice/submissions';
/** After a submission the worker gets itself ready for the next; it is idle by then. */
const settleMilliseconds = 1000;
const submissionsPerRound = 20;

/**
 * What Holdout itself takes, from an accepted upload to a published score, with idle workers: the time between the two,
 * less the engine's own time in the check and in the run. And the evaluating worker's memory, with that of the process
 * that it starts for the model.
 */
export const measureSubmission: Row = async ({ directory, rounds, say }) => {
  const server = await startServer(join(directory, 'server'), say, { HOLDOUT_UPLOADS_PER_MINUTE: '1000' });
  try {
    const archive = await packDemoBundle('onnx');
    const overheads: number[] = [];
    const wholes: number[] = [];
    const modelPeaks: number[] = [];
    await measureOne(server, archive);
    const submissions = rounds * submissionsPerRound;
    for (let place = 0; place < submissions; place++) {
      const one = await measureOne(server, archive);
      overheads.push(one.wholeMilliseconds - one.inferenceMilliseconds);
      wholes.push(one.wholeMilliseconds);
      modelPeaks.push(one.modelPeakBytes / 2 ** 20);
      if ((place + 1) % submissionsPerRound === 0) say(`submission ${place + 1} of ${submissions}`);
    }
    const aim = { of: 'median', comparison: 'below', value: 150 } as const;
    const facts = {
      bundle: 'packages/baseline/demo/onnx',
      phase: 'practice',
      images: 154,
      sampleImages: 28,
      submissions,
    };
    const p99 = overheads.toSorted((a, b) => a - b)[Math.ceil(0.99 * overheads.length) - 1] ?? Number.NaN;
    return [
      { what: 'accepted upload to published score, less inference', unit: 'ms', samples: overheads, aim, facts },
      { what: '… p99', unit: 'ms', samples: [p99], aim: { ...aim, value: 400 }, facts },
      { what: '… with inference', unit: 'ms', samples: wholes, facts },
      {
        what: 'peak memory of the evaluating worker',
        unit: 'MiB',
        samples: [server.workerPeakBytes() / 2 ** 20],
        facts,
      },
      { what: '… and of the process it starts for the model', unit: 'MiB', samples: modelPeaks, facts },
    ];
  } finally {
    await server.stop();
  }
};

async function measureOne(server: RunningServer, archive: Uint8Array) {
  await sleep(settleMilliseconds);
  const accepted = await request(server, phase, archive);
  const acceptedAt = performance.now();
  await followToEnd(server, accepted.id);
  const wholeMilliseconds = performance.now() - acceptedAt;
  const submission = await request(server, `/api/submissions/${accepted.id}`);
  if (submission.state !== 'scored')
    throw new Error(`The submission is ${submission.state}: ${submission.reason?.message}`);
  const runs = await server.readRuns(accepted.id);
  if (runs.length !== 4) throw new Error(`Expected the log of four runs, found ${runs.length}.`);
  const inferenceMilliseconds = runs.reduce((total, { inferenceSeconds }) => total + inferenceSeconds * 1000, 0);
  const modelPeakBytes = await server.readBundlePeakBytes(accepted.id);
  return { wholeMilliseconds, inferenceMilliseconds, modelPeakBytes };
}

/** The stream of a submission's events ends with its final state. Asking again and again would load the machine. */
async function followToEnd({ address, token }: RunningServer, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${address}/api/submissions/${id}/events`, { headers });
  if (!response.ok) throw new Error(`The events of ${id} answered ${response.status}.`);
  await response.text();
}

async function request({ address, token }: RunningServer, path: string, archive?: Uint8Array): Promise<Submission> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(archive ? { 'content-type': 'application/octet-stream' } : {}),
  };
  const response = await fetch(
    address + path,
    archive ? { method: 'POST', headers, body: Buffer.from(archive) } : { headers },
  );
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return submissionSchema.parse(await response.json());
}
