import type { StarterKit } from '@holdout/contracts';
import { starterKitPath } from '../../api/starter-kit.js';

type KitBundle = StarterKit['bundles'][number];

/** From nothing to the kit's folder. */
export function firstSteps(origin: string, { competition, phase, folder }: StarterKit): string {
  return [
    `export HOLDOUT_SERVER=${origin}`,
    `npx --no-install holdout competition kit ${competition} --phase ${phase} --unpack`,
    `cd ${folder}`,
  ].join('\n');
}

/** From a sample bundle to its score, in the kit's folder. */
export function submitSteps({ competition, phase, sample }: StarterKit, { folder, engine }: KitBundle): string {
  return [
    `npx --no-install holdout check ${folder}${sample ? ' --sample sample' : ''}`,
    `npx --no-install holdout pack ${folder} -o ${engine}.zip --force`,
    'npx --no-install holdout login',
    `npx --no-install holdout submit ${engine}.zip --competition ${competition} --phase ${phase} --wait`,
    'npx --no-install holdout status',
  ].join('\n');
}

/** The same for who has nothing but curl, zip and a token: the bundle is a zip of its folder. */
export function withoutCommand(origin: string, kit: StarterKit, { folder, engine }: KitBundle): string {
  const { competition, phase, fileName } = kit;
  return [
    `curl -fo ${fileName} ${origin}${starterKitPath(competition, phase)}.zip`,
    `unzip ${fileName}`,
    `(cd ${kit.folder}/${folder} && zip -r ../../../${engine}.zip .)`,
    `curl -H "Authorization: Bearer $HOLDOUT_TOKEN" -H 'Content-Type: application/octet-stream' \\`,
    `  --data-binary @${engine}.zip ${origin}/api/competitions/${competition}/phases/${phase}/submissions`,
  ].join('\n');
}
