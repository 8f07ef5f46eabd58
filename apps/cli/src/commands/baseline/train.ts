import { BaselineError, networks } from '@holdout/baseline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { interruptedError } from '../../command-error.js';
import { createOutput } from '../../terminal/output.js';
import { explainBaselineError } from './explain-baseline-error.js';
import { showTraining } from './show-training.js';

interface TrainCommandOptions {
  data: string;
  out: string;
  training?: string;
  network: keyof typeof networks;
  imageSize?: number;
  channels?: '1' | '3';
  weights?: string;
  epochs: number;
  batchSize: number;
  learningRate: number;
  patience: number;
  members: number;
  seed: string;
  imageMemory: number;
  name?: string;
  force: boolean;
  json: boolean;
}

/** ImageNet's, of red, green and blue; of a grey image their mean. */
const pixelStatistics = {
  1: { mean: [0.449], std: [0.226] },
  3: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const;
const checkpointSeconds = 300;

/** `holdout baseline train`: from a folder of radiographs to a bundle. */
export function addTrainCommand(group: Command, { environment, signal }: CommandContext): void {
  group
    .command('train')
    .summary('train a network on a folder in MURA’s layout')
    .description(
      'Trains on DIR’s train studies, keeps the networks of lowest loss on its valid studies, and writes the mean of the\n' +
        'best as a TF.js bundle. Kept with each epoch and every five minutes: type the same command again after a kill or\n' +
        'Ctrl-C, and it goes on, to the same weights.',
    )
    .requiredOption('--data <dir>', 'MURA-v1.1, or a folder of the same layout')
    .requiredOption('--out <bundle>', 'the folder that the bundle is written to')
    .option('--training <dir>', 'the folder that the training keeps itself in (default: the bundle’s, with .training)')
    .addOption(new Option('--network <name>', 'which DenseNet').choices(Object.keys(networks)).default('densenet169'))
    .option('--image-size <pixels>', 'width and height of an image (default: the network’s)', readWhole(32))
    .addOption(new Option('--channels <count>', 'grey or colour (default: the network’s)').choices(['1', '3']))
    .option(
      '--weights <file>',
      'weights to begin with: torchvision’s, Keras’ or your own, as safetensors, ONNX or TF.js',
    )
    .option('--epochs <count>', 'how many times each image is seen', readWhole(1), 20)
    .option('--batch-size <count>', 'images a step', readWhole(1), 8)
    .option('--learning-rate <number>', 'divided by 10 on a plateau of the validation loss', readPositive, 1e-4)
    .option('--patience <epochs>', 'how many epochs without a lower loss are a plateau', readWhole(1), 1)
    .option('--members <count>', 'how many of the best networks are kept and averaged', readWhole(1), 5)
    .option('--seed <text>', 'another one gives other weights', 'holdout')
    .option('--image-memory <gibibytes>', 'for decoded images', readPositive, 1)
    .option('--name <name>', 'the bundle’s name')
    .option('--force', 'replace a bundle that is there', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  holdout baseline train --data MURA-v1.1 --out my-baseline --weights densenet169.safetensors
  holdout baseline train --data MURA-v1.1 --out small --network small --epochs 12 --learning-rate 2e-3`,
    )
    .action(async (options: TrainCommandOptions) => {
      const output = createOutput(options.json, environment);
      const training = options.training ?? `${options.out.replace(/\/+$/, '')}.training`;
      try {
        const bundle = await runTraining(options, training, signal);
        output.result({ bundle: options.out, training, ...bundle });
        output.say(`Wrote ${options.out}: ${bundle.description} Try it: holdout check ${options.out}`);
      } catch (error) {
        if (signal.aborted) {
          const next = 'Type the same command again to go on with it.';
          throw interruptedError(`Stopped. What was learned is in ${training}.`, next);
        }
        throw error instanceof BaselineError ? explainBaselineError(error) : error;
      }
    });
}

async function runTraining(options: TrainCommandOptions, training: string, signal: AbortSignal) {
  // TF.js takes a moment to load; other commands must not wait for it.
  const { demandFreePlace, loadNetwork, train, writeBundle } = await import('@holdout/baseline/network');
  await demandFreePlace(options.out, options.force);
  const { listener, stop } = showTraining(options.epochs);
  try {
    const state = await train({
      data: options.data,
      directory: training,
      settings: chooseSettings(options),
      epochs: options.epochs,
      weightsFile: options.weights,
      imageMemoryBytes: options.imageMemory * 2 ** 30,
      checkpointSeconds,
      signal,
      listener,
    });
    const { network, words } = await loadNetwork(training, { name: options.name });
    await writeBundle(options.out, 'tfjs', network, words);
    return { description: words.description ?? '', members: state.members, history: state.history };
  } finally {
    stop();
  }
}

function chooseSettings(options: TrainCommandOptions) {
  const { batchSize, learningRate, patience, members, seed } = options;
  const chosen = networks[options.network];
  const channels = options.channels === undefined ? chosen.channels : options.channels === '1' ? 1 : 3;
  const { mean, std } = pixelStatistics[channels];
  const network = { ...chosen, blocks: [...chosen.blocks], channels, inputSize: options.imageSize ?? chosen.inputSize };
  return { network, mean: [...mean], std: [...std], batchSize, learningRate, patience, members, seed };
}

function readWhole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}

function readPositive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number greater than 0.');
}
