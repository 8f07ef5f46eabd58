import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fill, findStage, readDockerfile } from './read-dockerfile.js';

const run = promisify(execFile);
export const repository = fileURLToPath(new URL('../../../../../', import.meta.url));
const output = { maxBuffer: 2 ** 26 } as const;
/** Where old paths lead to, as in Debian. */
const rootLinks = ['bin', 'sbin', 'lib', 'lib64'];
/** Of this machine's: where names and certificates are looked up. Accounts and libraries are the same in the images. */
const sharedSettings = [
  'passwd',
  'group',
  'nsswitch.conf',
  'resolv.conf',
  'hosts',
  'ssl',
  'ld.so.cache',
  'alternatives',
];

/**
 * Carries out a Dockerfile, each of the lines of a stage in order, and leaves what the image would be in a folder. There is
 * no registry here: in place of Node's image stands this machine's Debian with its Node, and what a line would install by
 * apt is only looked up.
 *
 * @param file - the Dockerfile, from the top of the repository
 * @param workshop - an empty folder, for a folder of each stage
 * @returns builds a stage, the last one where none is named, and returns its folder
 */
export async function openBuilder(file: string, workshop: string): Promise<(target: string | null) => Promise<string>> {
  const { stages, variables } = readDockerfile(await readFile(join(repository, file), 'utf8'));
  const built = new Map<string, string>();

  async function build(name: string | null): Promise<string> {
    const known = built.get(name ?? '');
    if (known) return known;
    const stage = findStage(stages, name);
    const root = join(workshop, name ?? 'last');
    const isStage = (base: string) => stages.some((each) => each.name === base);
    if (isStage(stage.base)) await copy(await build(stage.base), root);
    else await makeRoot(root);
    let folder = '/';
    for (const { keyword, content, from } of stage.steps) {
      if (keyword === 'WORKDIR') {
        folder = content;
        await mkdir(join(root, folder), { recursive: true });
      } else if (keyword === 'COPY') {
        const [source = '', place = ''] = content.split(/\s+/);
        const destination = join(root, posix.resolve(folder, place));
        if (from === null) await copyContext(destination);
        else await copy(join(await build(from), source), destination);
      } else if (keyword === 'RUN') {
        if (content.includes('apt-get install')) await lookUpPackages(fill(content, variables));
        else await runLine(root, folder, content);
      }
    }
    built.set(name ?? '', root);
    return root;
  }
  return build;
}

async function makeRoot(root: string): Promise<void> {
  const folders = ['usr', 'etc', 'proc', 'dev', 'sys', 'run', 'tmp', 'root', 'var/lib', 'var/tmp'];
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const link of rootLinks) await symlink(`usr/${link}`, join(root, link));
  for (const name of sharedSettings) {
    await cp(`/etc/${name}`, join(root, 'etc', name), { recursive: true, dereference: true }).catch(() => {});
  }
}

async function copy(source: string, destination: string): Promise<void> {
  await mkdir(dirname(destination), { recursive: true });
  await run('cp', ['--archive', '--no-target-directory', source, destination]);
}

/** What is in the repository; `.dockerignore` names only what is made beside it. */
async function copyContext(destination: string): Promise<void> {
  const list = 'git ls-files -z --cached --others --exclude-standard';
  const script = `${list} | tar --create --null --files-from=- --ignore-failed-read | tar --extract --no-same-owner --directory="$0"`;
  await mkdir(destination, { recursive: true });
  await run('bash', ['-o', 'pipefail', '-c', script, destination], { cwd: repository, ...output });
}

/** As a container engine would: with the stage's folder as the root of the file system. */
async function runLine(root: string, folder: string, line: string): Promise<void> {
  const { stdout: registry } = await run('npm', ['config', 'get', 'registry'], { cwd: repository });
  const { stdout: cache } = await run('npm', ['config', 'get', 'cache'], { cwd: repository });
  const mounts = [
    ...['--bind', root, '/', '--ro-bind', '/usr', '/usr', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
    ...['--bind-try', cache.trim(), '/root/.npm'],
  ];
  const env = {
    ...{ PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`, HOME: '/root' },
    ...{ npm_config_registry: registry.trim(), npm_config_cache: '/root/.npm', npm_config_prefer_offline: 'true' },
  };
  try {
    await run('bwrap', [...mounts, '--chdir', folder, '--', '/bin/sh', '-c', line], { env, ...output });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`RUN ${line}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`, { cause: error });
  }
}

/** @throws where Debian has no such package, or they can't be installed together */
async function lookUpPackages(line: string): Promise<void> {
  const names =
    /apt-get install ([^&]*)/
      .exec(line)?.[1]
      ?.split(/\s+/)
      .filter((word) => /^[a-z0-9]/.test(word)) ?? [];
  if (names.length === 0) throw new Error(`No package is named in: ${line}`);
  const lookUp = () => run('apt-get', ['install', '--simulate', '--no-install-recommends', ...names], output);
  // Its lists may be old, or not be there.
  await lookUp().catch(async () => {
    await run('apt-get', ['update'], output);
    await lookUp();
  });
}
