import type { StarterKit } from '@holdout/contracts';
import type { PhaseRecord } from '@holdout/db';

interface Readme {
  readonly kit: Omit<StarterKit, 'sizeBytes'>;
  readonly phase: PhaseRecord;
  readonly competitionTitle: string;
  readonly publicUrl: string;
}

/** What the kit says of itself. Its commands name this server, competition and phase, and work as they are pasted. */
export function writeReadme({ kit, phase, competitionTitle, publicUrl }: Readme): string {
  const { competition, phase: slug, bundles, sample } = kit;
  const page = `${publicUrl}/competitions/${competition}`;
  const parts = [
    `# ${escapeMarkdown(competitionTitle)}: starter kit`,
    `For the phase “${escapeMarkdown(phase.title)}”. Rules, limits and the format of a bundle: ${page}`,
    '## What is in it',
    [
      ...bundles.map(({ engine, name, folder }) => `- \`${folder}/\`: “${escapeMarkdown(name)}”, a ${what[engine]}`),
      ...(sample ? [describeSample(sample)] : []),
    ].join('\n') || 'The organisers have given no sample bundle yet, and no sample study is open.',
    '## Before the first command',
    'Type all of it in a terminal, in this folder. `npx --no-install holdout` is found where this folder lies in a clone of Holdout ' +
      'that has been built, as `npm start` does it; it fetches nothing from npm’s registry.',
    block(`export HOLDOUT_SERVER=${publicUrl}`),
    `Take part on the page above, and log in; a program sets \`HOLDOUT_TOKEN\` to a token in place of that.`,
    block('npx --no-install holdout login'),
    ...bundles.flatMap(({ engine, name, folder }) => [
      `## ${engine}: “${escapeMarkdown(name)}”`,
      `Check it here as the server will, pack it, and submit it:`,
      block(
        `npx --no-install holdout check ${folder}${sample ? ' --sample sample' : ''}`,
        `npx --no-install holdout pack ${folder} -o ${engine}.zip --force`,
        `npx --no-install holdout submit ${engine}.zip --competition ${competition} --phase ${slug} --wait`,
      ),
    ]),
    '## See how it fares',
    block(
      'npx --no-install holdout status',
      `npx --no-install holdout leaderboard --competition ${competition} --phase ${slug}`,
    ),
    ...bundles
      .slice(0, 1)
      .flatMap(({ engine }) => [
        '## Without the command',
        'With a token in `HOLDOUT_TOKEN`, any program that speaks HTTP will do:',
        block(
          `curl --fail-with-body -H "Authorization: Bearer $HOLDOUT_TOKEN" -H 'Content-Type: application/octet-stream' \\`,
          `  --data-binary @${engine}.zip ${publicUrl}/api/competitions/${competition}/phases/${slug}/submissions`,
        ),
      ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const what = {
  onnx: 'model in ONNX. Put your own in its place, and correct `holdout.json`.',
  tfjs: 'model in TensorFlow.js. Put your own in its place, and correct `holdout.json`.',
  command: 'program of its own, by MURA’s contract. Write your own in its place; it runs without a network.',
} as const;

function describeSample({ studies, images }: { studies: number; images: number }): string {
  return (
    `- \`sample/\`: the public sample, ${studies} studies with ${images} images in MURA’s layout. Every bundle runs on ` +
    'it first. `valid_image_paths.csv` lists the images, `valid_labeled_studies.csv` the labels; 1 is abnormal.'
  );
}

function block(...lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

/** Titles and names are plain text. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|]/g, '\\$&');
}
