import { BaselineError, type ExportFormat, exportFormats } from '@holdout/baseline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { createOutput } from '../../terminal/output.js';
import { explainBaselineError } from './explain-baseline-error.js';

interface ExportCommandOptions {
  format: ExportFormat;
  out: string;
  members?: number;
  name?: string;
  force: boolean;
  json: boolean;
}

/** `holdout baseline export`: what was trained, as a bundle. */
export function addExportCommand(group: Command, { environment }: CommandContext): void {
  group
    .command('export')
    .summary('write what was trained as ONNX or TF.js')
    .description(
      'Writes a bundle from the folder of a training, also while that goes on, or from a TF.js bundle of baseline train.\n' +
        'Both formats give the same probabilities.',
    )
    .argument('<source>', 'the folder of a training, or a TF.js bundle')
    .addOption(new Option('--format <format>', 'the engine that will run it').choices(exportFormats).default('onnx'))
    .requiredOption('--out <bundle>', 'the folder that the bundle is written to')
    .option('--members <count>', 'how many of a training’s best are averaged (default: all it kept)', readCount)
    .option('--name <name>', 'the bundle’s name')
    .option('--force', 'replace a bundle that is there', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Examples:
  holdout baseline export my-baseline --format onnx --out my-baseline-onnx
  holdout baseline export my-baseline.training --members 1 --format tfjs --out best-epoch`,
    )
    .action(async (source: string, { format, out, members, name, force, json }: ExportCommandOptions) => {
      const output = createOutput(json, environment);
      try {
        const { demandFreePlace, loadNetwork, writeBundle } = await import('@holdout/baseline/network');
        await demandFreePlace(out, force);
        const { network, words } = await loadNetwork(source, { members, name });
        await writeBundle(out, format, network, words);
        output.result({ bundle: out, format, name: words.name, description: words.description });
        output.say(`Wrote ${out}. Try it: holdout check ${out}`);
      } catch (error) {
        throw error instanceof BaselineError ? explainBaselineError(error) : error;
      }
    });
}

function readCount(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
