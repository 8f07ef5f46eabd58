import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ContainerOptions } from '../sandbox/container/container-options.js';

const run = promisify(execFile);
/** What a team's program finds in the image, with all that these packages need. */
const packages = ['base-files', 'dash', 'coreutils', 'python3', 'libstdc++6'];
const withoutExtras = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
const unneeded = /\/usr\/(share\/(doc|locale|man|info|perl5?|zoneinfo|lintian|bug)|lib\/.*\/(perl|perl-base|gconv))\//;
/** Where old paths lead to. */
const rootLinks = ['/bin', '/sbin', '/lib', '/lib64'];

export interface TestImage {
  readonly container: ContainerOptions;
  /** The same image as a bundle would name it: by its digest. */
  readonly byDigest: string;
  remove(): Promise<void>;
}

/** Makes a container image of this machine's own Debian packages, without anything from elsewhere. */
export async function makeContainerImage(): Promise<TestImage> {
  const image = `localhost/holdout-test:${randomUUID().slice(0, 8)}`;
  const files = await listFiles();
  const tar = spawn('tar', ['--create', '--hard-dereference', '--no-recursion', '--directory=/', '--files-from=-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const podman = spawn('podman', ['import', '--quiet', '-', image], { stdio: ['pipe', 'ignore', 'inherit'] });
  tar.stdout.pipe(podman.stdin);
  tar.stdin.end(files.map((path) => `${path.slice(1)}\n`).join(''));
  const [packed, imported] = await Promise.all([tar, podman].map(waitForExit));
  if (packed !== 0 || imported !== 0) throw new Error(`No image was made: tar ${packed}, podman ${imported}.`);
  const digests = await run('podman', ['image', 'inspect', '--format', '{{range .RepoDigests}}{{.}} {{end}}', image]);
  return {
    byDigest: digests.stdout.trim().split(' ')[0] ?? '',
    container: { program: 'podman', image, runtime: 'runc' },
    remove: () => removeImage(image),
  };
}

/** A container that has just ended may hold a mount for a moment, and with it the image. */
async function removeImage(image: string): Promise<void> {
  for (let triesLeft = 20; ; triesLeft -= 1) {
    try {
      await run('podman', ['image', 'rm', '--force', image]);
      return;
    } catch (error) {
      if (triesLeft === 0) throw error;
      await sleep(500);
    }
  }
}

async function listFiles(): Promise<string[]> {
  const options = ['depends', '--recurse', '--installed', ...withoutExtras.map((name) => `--no-${name}`)];
  const needed = (await run('apt-cache', [...options, ...packages])).stdout.split('\n');
  const names = needed.filter((line) => /^[a-z0-9]/.test(line));
  const installed = (await run('dpkg-query', ['--show'])).stdout.split('\n').map((line) => line.split(/[\t:]/)[0]);
  const wanted = names.filter((name) => installed.includes(name));
  const listed = (await run('dpkg', ['--listfiles', ...wanted], { maxBuffer: 2 ** 26 })).stdout.split('\n');
  const files = listed.filter((path) => path.startsWith('/') && !unneeded.test(path)).map(findFile);
  return [...new Set([...files.flat(), ...rootLinks.filter((path) => isFile(path))])];
}

/** A package names files by `/lib`, which is a link to `/usr/lib`. */
function findFile(path: string): string[] {
  if (!isFile(path) || rootLinks.includes(path)) return [];
  return [join(realpathSync(dirname(path)), basename(path))];
}

function isFile(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status !== undefined && (status.isFile() || status.isSymbolicLink());
}

function waitForExit(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', done);
  });
}
