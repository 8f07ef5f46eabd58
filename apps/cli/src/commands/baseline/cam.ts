import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';
import { chooseMethod, drawHeatMap } from '@holdout/runner';
import { type Command, InvalidArgumentError } from 'commander';
import { chooseSandbox } from '../../bundle/choose-sandbox.js';
import { explainImage } from '../../bundle/explain-image.js';
import { withCheckedBundle } from '../../bundle/open-bundle.js';
import { writeWhole } from '../../bundle/write-whole.js';
import type { CommandContext } from '../../command-context.js';
import { createOutput } from '../../terminal/output.js';

interface CamOptions {
  out: string;
  opacity: number;
  occlusion: boolean;
  force: boolean;
  json: boolean;
}

/** `holdout baseline cam`: where a bundle's model looks in a picture. */
export function addCamCommand(group: Command, { environment, signal }: CommandContext): void {
  group
    .command('cam')
    .summary('show where a bundle looks in a picture')
    .description(
      'Runs an ONNX or TF.js bundle on one picture, in a sandbox, and lays a heat map over it: class activation where its\n' +
        'manifest names `cam`, and otherwise by occlusion. The brighter, the more a place speaks for abnormal.',
    )
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .argument('<image>', 'a PNG or a JPEG')
    .requiredOption('-o, --out <file>', 'the PNG that is written, as large as the picture')
    .option('--opacity <share>', 'of the hottest place, from 0 to 1', readShare, 0.7)
    .option('--occlusion', 'cover one place after the other, also where the manifest names `cam`', false)
    .option('--force', 'replace a file that is there', false)
    .option('--json', 'print JSON, with the values of the map', false)
    .addHelpText(
      'after',
      `
Examples:
  holdout baseline cam my-model/ image1.png -o looks-here.png
  holdout baseline cam my-model.zip image1.png -o looks-here.png --occlusion --opacity 0.5`,
    )
    .action(async (path: string, image: string, { out, opacity, occlusion, force, json }: CamOptions) => {
      const output = createOutput(json, environment);
      // A path with a typing error is no bad picture.
      await stat(image);
      await withCheckedBundle(path, async (bundle) => {
        const { manifest } = bundle;
        if (manifest.engine === 'command') throw new HoldoutError('heat_map_unavailable');
        const sandbox = await chooseSandbox(manifest, environment, output.say);
        const method = occlusion ? 'occlusion' : chooseMethod(manifest);
        const map = await explainImage(bundle, { sandbox, path: image, method, signal });
        const png = await drawHeatMap(image, map, { opacity });
        await writeWhole(Readable.from([png]), { path: out, overwrite: force, signal });
        output.result({ out, ...map });
        output.say(`The probability of abnormal is ${map.probability.toFixed(3)}.`);
        const how = method === 'cam' ? 'class activation' : 'occlusion';
        output.say(`Wrote ${out}: a heat map of ${map.width} × ${map.height} places, by ${how}.`);
      });
    });
}

function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}
