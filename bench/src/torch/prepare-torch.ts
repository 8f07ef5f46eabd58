import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunImage } from '@holdout/runner';
import { writeDensenetWeights } from '../densenet/write-densenet169.js';

/** PyTorch's own DenseNet-169, with the weights of ours, on a list of images. */
export interface Torch {
  /** Whether it has a GPU. */
  readonly hasCuda: boolean;
  /** Predicts all images, from the start of a process of its own. */
  predict(options: { device: 'cpu' | 'cuda'; threads?: number | null }): Promise<TorchAnswer>;
}

export interface TorchAnswer {
  readonly version: string;
  readonly threads: number;
  readonly predictions: number[];
  readonly seconds: number;
}

/** @returns null where no Python of this machine has PyTorch */
export async function prepareTorch(directory: string, images: readonly RunImage[]): Promise<Torch | null> {
  const python = ['python3', '/usr/bin/python3'].find(
    (path) => spawnSync(path, ['-c', 'import torch, torchvision, PIL']).status === 0,
  );
  if (python === undefined) return null;
  const weights = join(directory, 'densenet169.weights');
  await writeDensenetWeights(weights);
  const list = join(directory, 'images.csv');
  await writeFile(list, images.map(({ path }) => `${path}\n`).join(''));
  const asked = spawnSync(python, ['-c', 'import torch; print(torch.cuda.is_available())'], { encoding: 'utf8' });
  return {
    hasCuda: asked.stdout.trim() === 'True',
    async predict({ device, threads = null }) {
      const argv = ['-c', program, weights, list, device, ...(threads === null ? [] : [String(threads)])];
      const startedAt = performance.now();
      const { stdout } = await promisify(execFile)(python, argv, { maxBuffer: 2 ** 24 });
      return { ...JSON.parse(stdout), seconds: (performance.now() - startedAt) / 1000 };
    },
  };
}

const program = `
import json, sys
import numpy, torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models import densenet169

weights, images, device, *threads = sys.argv[1:]
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
model.eval().to(device)

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
        predictions += torch.sigmoid(model(batch.to(device)))[:, 0].tolist()
print(json.dumps({'version': torch.__version__, 'threads': torch.get_num_threads(), 'predictions': predictions}))
`;
