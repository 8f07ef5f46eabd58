import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSandbox } from '@holdout/runner';
import { writeDensenet169, writeDensenetWeights } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { runInSandbox } from '../run-in-sandbox.js';
import { writeRadiographs } from '../write-radiographs.js';

/**
 * A whole evaluation of a DenseNet-169 beside a program in Python as teams of the first competition had it: the same
 * weights in torchvision's net, images by PIL and torchvision's transforms, batches of eight, by Debian's PyTorch on the
 * same cores. All from the start of the process to the last prediction, and all must predict the same. PyTorch runs twice:
 * as it comes, when it takes one thread for two processors (it believes that two are one core), and told to take them all.
 */
export const measureTorch: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const python = ['python3', '/usr/bin/python3'].find(
    (path) => spawnSync(path, ['-c', 'import torch, torchvision, PIL']).status === 0,
  );
  if (python === undefined) {
    say('left out: there is no PyTorch here (Debian: python3-torch python3-torchvision python3-pil)');
    return [];
  }
  const bundle = await writeDensenet169(directory);
  const weights = join(directory, 'densenet169.weights');
  await writeDensenetWeights(weights);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const list = join(directory, 'images.csv');
  await writeFile(list, images.map(({ path }) => `${path}\n`).join(''));
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const predictByTorch = async (threads: number | null) => {
    const argv = ['-c', program, weights, list, ...(threads === null ? [] : [String(threads)])];
    const startedAt = performance.now();
    const { stdout } = await promisify(execFile)(python, argv, { maxBuffer: 2 ** 24 });
    const perSecond = imageCount / ((performance.now() - startedAt) / 1000);
    return { ...(JSON.parse(stdout) as TorchAnswer), perSecond };
  };
  const ours: number[] = [];
  const theirs = new Map<string, { answer: TorchAnswer; samples: number[] }>();
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const run = await runInSandbox(sandbox, { ...bundle, images });
    ours.push(imageCount / ((performance.now() - startedAt) / 1000));
    for (const [way, threads] of ways) {
      const { perSecond, ...answer } = await predictByTorch(threads);
      const samples = [...(theirs.get(way)?.samples ?? []), perSecond];
      theirs.set(way, { answer, samples });
      const differences = answer.predictions.map((value, place) =>
        Math.abs(value - (run.probabilities[place] ?? Number.NaN)),
      );
      difference = Math.max(difference, ...differences);
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  return [...theirs].map(([way, { answer, samples }]) => ({
    what: way === 'as it comes' ? 'DenseNet-169, a whole evaluation' : '… and PyTorch on all cores',
    unit: 'images/s',
    samples: ours,
    against: { what: `PyTorch ${answer.version}, ${way} (threads: ${answer.threads}), batches of 8`, samples },
    ...(way === 'as it comes' ? { aim: { of: 'ratio', comparison: 'atLeast', value: 5 } as const } : {}),
    facts: { images: imageCount, largestDifference: difference },
  }));
};

interface TorchAnswer {
  readonly version: string;
  readonly threads: number;
  readonly predictions: number[];
}

/** How many threads PyTorch is told to take; null where it chooses. */
const ways = [
  ['as it comes', null],
  ['told to take all cores', availableParallelism()],
] as const;

const program = `
import json, sys
import numpy, torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models import densenet169

weights, images, *threads = sys.argv[1:]
if threads: torch.set_num_threads(int(threads[0]))
values = torch.from_numpy(numpy.fromfile(weights, dtype=numpy.float32))
model = densenet169(num_classes=1)
state = model.state_dict()
for name, tensor in state.items():
    if name.endswith('num_batches_tracked'): continue
    state[name] = values[:tensor.numel()].reshape(tensor.shape)
    values = values[tensor.numel():]
assert len(values) == 0
model.load_state_dict(state)
model.eval()

class Images(Dataset):
    def __init__(self):
        self.paths = open(images).read().split()
        self.prepare = transforms.Compose([transforms.Resize((320, 320)), transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    def __len__(self): return len(self.paths)
    def __getitem__(self, place): return self.prepare(Image.open(self.paths[place]).convert('RGB'))

predictions = []
with torch.no_grad():
    for batch in DataLoader(Images(), batch_size=8):
        predictions += torch.sigmoid(model(batch))[:, 0].tolist()
print(json.dumps({'version': torch.__version__, 'threads': torch.get_num_threads(), 'predictions': predictions}))
`;
