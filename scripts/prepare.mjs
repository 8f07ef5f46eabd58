// Brings a fresh clone to the point where `npm start` or `npm test` can run, and is quick when there is nothing to do.
// Plain Node and no dependency: it runs before there are any.
//
//   node scripts/prepare.mjs start|test

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const oldestNode = [20, 11];

/** For `npm start`: the sandbox wants bubblewrap, and what puts limits around it, unless it was asked to do without. */
const forStart = [
  { names: ['id'], debianPackage: 'coreutils' },
  ...(process.getuid?.() === 0 ? [{ names: ['useradd'], debianPackage: 'passwd' }] : []),
  { names: ['bwrap'], debianPackage: 'bubblewrap' },
  { names: ['prlimit', 'setpriv', 'unshare'], debianPackage: 'util-linux' },
  { names: ['mount'], debianPackage: 'mount' },
];
const withoutSandbox = ['bwrap', 'prlimit', 'mount'];

/** What must be on the PATH, and the Debian package that brings it. */
const programs = {
  start:
    process.env.HOLDOUT_SANDBOX === 'none'
      ? forStart.filter(({ names }) => !withoutSandbox.includes(names[0]))
      : forStart,
  test: [
    ...forStart,
    { names: ['redis-server'], debianPackage: 'redis-server' },
    { names: ['pgrep'], debianPackage: 'procps' },
    { names: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
    { names: ['python3'], debianPackage: 'python3' },
    { names: ['podman'], debianPackage: 'podman' },
    { names: ['runc'], debianPackage: 'runc' },
    // What the files for running it for real are tried with.
    { names: ['docker-compose'], debianPackage: 'docker-compose' },
    { names: ['caddy'], debianPackage: 'caddy' },
    { names: ['systemd-analyze'], debianPackage: 'systemd' },
    { names: ['tini'], debianPackage: 'tini' },
    { names: ['git'], debianPackage: 'git' },
    // A terminal for shells, whose completion is tried in them.
    { names: ['script'], debianPackage: 'bsdutils' },
    { names: ['zsh'], debianPackage: 'zsh' },
    // Its promtool tries the alerts.
    { names: ['promtool'], debianPackage: 'prometheus' },
    // A network that can be cut, and a clock that can be moved.
    { names: ['ip'], debianPackage: 'iproute2' },
    { names: ['faketime'], debianPackage: 'faketime' },
    // torch and torchvision, whose weights the baseline reads and whose networks teams export, and ONNX's checker.
    { names: ['/usr/lib/python3/dist-packages/torch/__init__.py'], debianPackage: 'python3-torch' },
    { names: ['/usr/lib/python3/dist-packages/torchvision/__init__.py'], debianPackage: 'python3-torchvision' },
    { names: ['/usr/lib/python3/dist-packages/onnx/__init__.py'], debianPackage: 'python3-onnx' },
    // The S3 service that storage is tested on.
    { names: ['/usr/lib/python3/dist-packages/swift/__init__.py'], debianPackage: 'python3-swift' },
  ],
};

prepare(process.argv[2] === 'test' ? 'test' : 'start');

function prepare(purpose) {
  checkNode();
  installNodeModules();
  installPrograms(programs[purpose]);
  build();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  stop(`Holdout needs Node ${oldestNode.join('.')} or newer; this is Node ${process.versions.node}.`);
}

function installNodeModules() {
  if (isNewer('node_modules/.package-lock.json', 'package-lock.json')) return;
  say('Installing the npm packages …');
  // onnxruntime-node brings its CPU and WebGPU parts in the package; only CUDA's would be fetched from elsewhere.
  const environment = { ...process.env, npm_config_onnxruntime_node_install: 'skip' };
  const npm = process.env.npm_execpath;
  const command = ['ci', '--loglevel=error', '--prefer-offline', '--include=dev'];
  const done = npm
    ? runQuietly(process.execPath, [npm, ...command], environment)
    : runQuietly('npm', command, environment);
  if (!done)
    stop('npm ci did not succeed. Its own words stand above; mend what they name and run the same command again.');
}

function installPrograms(wanted) {
  const missing = wanted.filter(({ names }) => !names.some(isOnPath)).map(({ debianPackage }) => debianPackage);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isOnPath('apt-get')) {
    const command = isOnPath('apt-get')
      ? `sudo apt-get install -y ${list}`
      : `install ${list} with your system’s package manager`;
    stop(`These programs are missing: ${list}. Type: ${command}`);
  }
  say(`Installing from Debian: ${list} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const done = runQuietly('apt-get', ['update'], environment) && runQuietly('apt-get', install, environment);
  if (!done)
    stop(
      `apt-get could not install ${list}. Its own words stand above; type: apt-get update && apt-get install -y ${list}`,
    );
}

function build() {
  // Compiled before, only what has changed is compiled: seconds.
  const isFirst = !existsSync(join(root, 'apps', 'web', 'dist'));
  say(`Compiling …${isFirst ? ' The first time, this and the pages take a minute or two.' : ''}`);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) stop('The build did not succeed. The compiler’s words stand above.');
  const pages = join(root, 'apps', 'web', 'scripts', 'build-pages.mjs');
  if (spawnSync(process.execPath, [pages], { cwd: root, stdio: 'inherit' }).status !== 0)
    stop('The pages could not be built. Vite’s words stand above.');
}

/** Runs a program and shows what it printed only where it fails. */
function runQuietly(program, argv, env) {
  const { status, stdout, stderr, error } = spawnSync(program, argv, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return true;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  return false;
}

function isNewer(made, source) {
  const [madePath, sourcePath] = [join(root, made), join(root, source)];
  return existsSync(madePath) && statSync(madePath).mtimeMs >= statSync(sourcePath).mtimeMs;
}

function isOnPath(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(resolve(folder, name)));
}

function say(sentence) {
  process.stdout.write(`${sentence}\n`);
}

function stop(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}
