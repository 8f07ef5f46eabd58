import { join } from 'node:path';
import { HoldoutError } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { makeFiles } from '../../testing/make-folder.js';
import { runHoldout } from '../../testing/run-holdout.js';
import { readCompetitionFile } from './read-competition-file.js';

const phase = (name: string, ...more: string[]) =>
  [
    `  - phase: ${name}`,
    '    title: Test',
    '    visibility: hidden',
    '    testSet: a-set',
    '    sample: a-sample',
    ...more,
  ].join('\n');
const head = 'competition: mura\ntitle: MURA\nphases:\n';
const file = `${head}${phase('test')}\n`;

/** What is wrong with a file, each as `line: words`. */
async function findProblems(yaml: string): Promise<string[]> {
  const folder = await makeFiles({ 'mura.yaml': yaml });
  try {
    await readCompetitionFile(join(folder, 'mura.yaml'));
    return [];
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    expect(error.code).toBe('competition_invalid');
    return error.problems.map(({ line, message }) => `${line}: ${message.slice(message.indexOf(': ') + 2)}`);
  }
}

describe('a competition file', () => {
  it('is read, with what it names once and repeats', async () => {
    expect(await findProblems(file)).toEqual([]);
    const shared = phase('test', '    quotas: &quotas { perDay: 5, total: 20, atOnce: 1 }');
    const folder = await makeFiles({ 'mura.yaml': `${head}${shared}\n${phase('final', '    quotas: *quotas')}\n` });
    const read = await readCompetitionFile(join(folder, 'mura.yaml'));
    expect(read.phases.map(({ quotas }) => quotas?.perDay)).toEqual([5, 5]);
  });

  it.each<[string, string, RegExp[]]>([
    ['no YAML', `${file}: :\n`, [/^9: it is no YAML: /]],
    ['no YAML, by a field twice', `${file}title: Other\n`, [/^9: it is no YAML: Map keys must be unique/]],
    ['a field that is none', `${file}colour: red\n`, [/^\d: .*colour/]],
    ['__proto__', `${file}__proto__: { title: Other }\n`, [/^\d: .*__proto__/]],
    ['nothing', '', [/^1: /]],
    [
      'lists in lists',
      `${file}rules: ${'['.repeat(5000)}`,
      [/^9: it is nested too deep to be read; write it less deep\.$/],
    ],
    [
      'names of nothing',
      `${head}${phase('test', '    quotas: *quotas', '    ranking: *ranking', '    release: &quotas {}')}`,
      [
        /^9: \*quotas names nothing that stands before it; mark the value it means with &quotas\.$/,
        /^10: \*ranking names nothing/,
      ],
    ],
    ['a name without letters', `${file}description: *\n`, [/^9: it is no YAML: Alias cannot be an empty string/]],
    ['a name of itself', `${file}description: &a [*a]\n`, [/^9: description: /]],
    ['a bomb', makeBomb(), [/^10: aliases such as \*a0 repeat too much; write the values out\.$/]],
    [
      'very many names',
      `${file}a: &a 1\nb: [${'*a, '.repeat(50_000)}]\n`,
      [/^10: aliases such as \*a repeat too much/],
    ],
    ['arrays in arrays', `${file}a: ${'['.repeat(1000)}${']'.repeat(1000)}\n`, [/^9: /]],
  ])('is refused with the line: %s', async (_what, yaml, expected) => {
    const problems = await findProblems(yaml);
    for (const [place, pattern] of expected.entries()) expect(problems[place]).toMatch(pattern);
    expect(problems.length).toBeGreaterThanOrEqual(expected.length);
  });

  it('is refused by the command before any server is asked', async () => {
    const cwd = await makeFiles({ 'mura.yaml': makeBomb() });
    const environment = { HOLDOUT_SERVER: 'http://127.0.0.1:1', HOLDOUT_TOKEN: 'holdout_x' };
    const { exitCode, stderr } = await runHoldout(['admin', 'competition', 'apply', 'mura.yaml'], { cwd, environment });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('mura.yaml, line 10: aliases such as *a0 repeat too much; write the values out.');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('Mend what is listed, and apply it again; nothing was changed.');
  });
});

/** A few lines that say nine values ninefold, and so on: some billions. */
function makeBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const names = Array(9).fill(`*a${level}`).join(', ');
    return `a${level + 1}: &a${level + 1} [${names}]\n`;
  });
  return `${file}a0: &a0 text\n${levels.join('')}`;
}
