import { listGpuMounts } from '../../gpus/gpu.js';
import { type SandboxedProgram, workFolder } from '../sandbox.js';
import { ownPrograms, type SystemMounts } from './list-system-mounts.js';

/** The account inside; outside it is the one that bubblewrap was started as. */
const accountId = '1000';

/** What every program finds in its environment. */
const plainEnvironment = {
  PATH: `/usr/local/bin:/usr/bin:/bin:${ownPrograms}`,
  HOME: workFolder,
  TMPDIR: `${workFolder}/.tmp`,
  LANG: 'C.UTF-8',
  // Else Python keeps what it prints to a pipe, and loses it where it is ended.
  PYTHONUNBUFFERED: '1',
} as const;

/**
 * bubblewrap's arguments for a program, without the program itself. What is mounted later stands above what was mounted
 * before, so the order matters.
 */
export function listArguments({ mounts, limits, gpu }: SandboxedProgram, system: SystemMounts): string[] {
  const scratch = ['--size', String(limits.scratchSizeBytes), '--tmpfs'];
  return [
    // Each by its name: `--disable-userns` wants to be sure of the one for users.
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', accountId, '--gid', accountId, '--hostname', 'holdout'],
    ...[...system.mounts, ...listGpuMounts(gpu), ...system.ownMounts].flatMap(({ source, target }) => [
      '--ro-bind',
      source,
      target,
    ]),
    ...system.links.flatMap(({ pointsTo, target }) => ['--symlink', pointsTo, target]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...(gpu?.files ?? []).flatMap((device) => ['--dev-bind', device, device]),
    ...[...scratch, '/dev/shm', ...scratch, workFolder, '--dir', `${workFolder}/.tmp`],
    ...['/tmp', '/var/tmp'].flatMap((link) => ['--symlink', `${workFolder}/.tmp`, link]),
    ...mounts.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    // Otherwise there would be room without a limit in what only holds the rest together.
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', workFolder, '--clearenv'],
    ...Object.entries({ ...plainEnvironment, ...gpu?.environment }).flatMap(([name, value]) => [
      '--setenv',
      name,
      value,
    ]),
  ];
}
