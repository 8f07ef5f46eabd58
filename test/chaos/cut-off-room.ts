import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Namespaces of the run's own, in which mounts and a network are changed without anybody else noticing. */
export interface CutOffRoom {
  /** What a program is started with that sees our mounts. */
  readonly withMounts: readonly string[];
  /** … and reaches only what listens at `address`. */
  readonly withNetwork: readonly string[];
  /** Our end of the cable, from inside the network. */
  readonly address: string;
  setReadOnly(folder: string, readOnly: boolean): Promise<void>;
  setCable(state: 'up' | 'down'): Promise<void>;
  close(): Promise<void>;
}

/** @param writable - the folder that {@link CutOffRoom.setReadOnly} is about */
export async function openCutOffRoom(writable: string): Promise<CutOffRoom> {
  const mounts = await hold(['unshare', '--mount', '--propagation', 'private']);
  const inMounts = ['nsenter', '--target', String(mounts.pid), '--mount', '--'];
  const network = await hold([...inMounts, 'unshare', '--net']);
  const inNetwork = ['nsenter', '--target', String(network.pid), '--mount', '--net', '--'];
  const at = async (words: readonly string[]) => await run(words[0] ?? '', words.slice(1));

  await at([...inMounts, 'mount', '--bind', writable, writable]);
  // Names and addresses that no other run of this machine has.
  const cable = `chaos${mounts.pid % 100_000}`;
  const block = `10.${100 + (mounts.pid % 100)}.${Math.floor(mounts.pid / 100) % 256}`;
  await at(['ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'outside', 'netns', String(network.pid)]);
  await at(['ip', 'address', 'add', `${block}.1/30`, 'dev', cable]);
  await at(['ip', 'link', 'set', cable, 'up']);
  await at([...inNetwork, 'ip', 'address', 'add', `${block}.2/30`, 'dev', 'outside']);
  await at([...inNetwork, 'ip', 'link', 'set', 'outside', 'up']);
  await at([...inNetwork, 'ip', 'link', 'set', 'lo', 'up']);
  return {
    withMounts: inMounts,
    withNetwork: inNetwork,
    address: `${block}.1`,
    async setReadOnly(folder, readOnly) {
      const words = [...inMounts, 'mount', '-o', `remount,bind,${readOnly ? 'ro' : 'rw'}`, folder];
      // The kernel refuses while a file is open for writing.
      for (let tries = 0; ; tries += 1) {
        try {
          return void (await at(words));
        } catch (error) {
          if (tries > 2000) throw error;
          await sleep(50);
        }
      }
    },
    setCable: async (state) => void (await at(['ip', 'link', 'set', cable, state])),
    async close() {
      await at(['ip', 'link', 'delete', cable]).catch(() => {});
      for (const each of [network, mounts]) each.end();
    },
  };
}

/** A process that does nothing but be in a namespace. */
async function hold(words: readonly string[]): Promise<{ pid: number; end(): void }> {
  const argv = ['--pdeathsig', 'KILL', '--', ...words, 'sh', '-c', 'echo held; exec sleep infinity'];
  const child = spawn('setpriv', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid;
  if (pid === undefined) throw new Error('setpriv is missing: install Debian’s util-linux.');
  const failed = once(child, 'exit').then(() => {
    throw new Error('No namespaces can be made here: run this as root.');
  });
  await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => {});
  return { pid, end: () => void child.kill('SIGKILL') };
}
