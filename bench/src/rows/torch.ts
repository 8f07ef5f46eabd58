import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
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
 * same cores. Both from the start of the process to the last prediction, and both must predict the same.
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
  const predictByTorch = async () => {
    const { stdout } = await promisify(execFile)(python, ['-c', program, weights, list], { maxBuffer: 2 ** 24 });
    return JSON.parse(stdout) as { version: string; predictions: number[] };
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  let version = '';
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const run = await runInSandbox(sandbox, { ...bundle, images });
    const endedAt = performance.now();
    const { predictions, ...rest } = await predictByTorch();
    ours.push(imageCount / ((endedAt - startedAt) / 1000));
    theirs.push(imageCount / ((performance.now() - endedAt) / 1000));
    version = rest.version;
    const differences = predictions.map((value, place) => Math.abs(value - (run.probabilities[place] ?? Number.NaN)));
    difference = Math.max(difference, ...differences);
    say(`round ${round + 1} of ${rounds}`);
  }
  return [
    {
      what: 'DenseNet-169, a whole evaluation',
      unit: 'images/s',
      samples: ours,
      against: { what: `PyTorch ${version}, batches of 8`, samples: theirs },
      aim: { of: 'ratio', comparison: 'atLeast', value: 5 },
      facts: { images: imageCount, largestDifference: difference },
    },
  ];
};

const program = `
import json, sys
import numpy, torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models import densenet169

weights, images = sys.argv[1:]
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
print(json.dumps({'version': torch.__version__, 'predictions': predictions}))
`;
