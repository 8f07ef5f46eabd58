import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';

const command = fileURLToPath(new URL('../../bin/holdout.js', import.meta.url));
/** Said by the shell when it is ready for the next line. */
const prompt = 'ready> ';

interface Shell {
  /** Types something, waits until the line is as expected, and gives it back. */
  complete(typed: string, expected: RegExp): Promise<string>;
}

/** A real, interactive shell on a terminal of its own, in a folder with `my-model/` and `my model.zip`. */
async function startShell(shell: 'bash' | 'zsh'): Promise<Shell> {
  const folder = await makeFolder();
  const bin = join(folder, 'bin');
  await mkdir(join(folder, 'work', 'my-model'), { recursive: true });
  await mkdir(bin);
  await writeFile(join(bin, 'holdout'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  await chmod(join(bin, 'holdout'), 0o755);
  const script = join(folder, 'completion');
  await writeFile(script, (await runHoldout(['completion', shell])).stdout);
  const setup =
    shell === 'bash'
      ? `bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source ${script}; PS1='${prompt}'`
      : `autoload -Uz compinit; compinit -u -d ${join(folder, 'dump')}; unsetopt beep prompt_sp; unset zle_bracketed_paste; source ${script}; PS1='${prompt}'`;
  const interactive = shell === 'bash' ? 'bash --norc --noprofile -i' : 'zsh -f -i';
  const child = spawn('script', ['--quiet', '--flush', '--command', interactive, '/dev/null'], {
    cwd: join(folder, 'work'),
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder, TERM: 'dumb', COLUMNS: '500', LINES: '50' },
    stdio: 'pipe',
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const shown = () => screen.split('\n').map(renderLine).join('\n');
  child.stdin.write(`stty cols 500; ${setup}\n`);
  await expect.poll(() => screen.endsWith(prompt), { timeout: 20_000 }).toBe(true);
  return {
    async complete(typed, expected) {
      screen = '';
      child.stdin.write(typed);
      await expect.poll(shown, { timeout: 20_000 }).toMatch(expected);
      const line = shown();
      // Away with the line, and on to the next.
      screen = '';
      child.stdin.write('\u0015\n');
      await expect.poll(() => screen.endsWith(prompt), { timeout: 20_000 }).toBe(true);
      return line;
    },
  };
}

/** Matches what has all of these words, in whatever order. */
function all(...words: string[]): RegExp {
  return new RegExp(words.map((word) => `(?=[\\s\\S]*${word})`).join(''));
}

/** What a terminal shows of a line over which the cursor went back. */
function renderLine(text: string): string {
  const cells: string[] = [];
  let cursor = 0;
  for (const character of text) {
    if (character === '\b') cursor -= 1;
    else if (character === '\r') cursor = 0;
    else cells[cursor++] = character;
  }
  return cells.join('');
}

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  it('completes commands at every depth, options, choices and files', async () => {
    const { complete } = await startShell(shell);
    await complete('holdout subm\t', /^holdout submit $/);
    await complete('holdout admin comp\tap\t', /^holdout admin competition apply $/);
    await complete('holdout submit --comp\t', /^holdout submit --competition $/);
    await complete('holdout submit my-\t', /^holdout submit my-model\/$/);
    await complete('holdout completion z\t', /^holdout completion zsh $/);
    // The value of an option is no command, and what follows it is found all the same.
    await complete('holdout submit --phase check --wa\t', /^holdout submit --phase check --wait $/);
    // Twice the Tab key lists what there is, where that is more than one.
    const commands = await complete('holdout team \t\t', all('create', 'invite', 'leave', 'merge'));
    expect(commands).not.toMatch(/submit/);
    const every = all('--follow', '--server', '--token', '--json', '--help');
    const options = await complete('holdout status --\t\t', every);
    expect(options).not.toContain('--stop-on-warning');
  });
});
