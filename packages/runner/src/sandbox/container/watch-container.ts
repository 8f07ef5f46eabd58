import type { RunLimits } from '@holdout/contracts';
import { type GroupReader, openGroupOf } from '../limits/control-groups.js';
import { watchUsage } from '../limits/watch-usage.js';
import type { SandboxEnd, SandboxUsage } from '../sandbox.js';
import type { ContainerOptions } from './container-options.js';
import { inspectContainer } from './engine-command.js';

interface ContainerWatch {
  stop(): void;
  /** The limit that was seen to be exceeded so far; null where none was. */
  readonly exceeded: () => SandboxEnd['exceeded'];
  readonly usage: () => SandboxUsage;
}

const intervalMilliseconds = 250;
const nothing = { memoryBytes: 0, cpuSeconds: 0, processes: 0 };

/**
 * Looks at what a container uses by its control group, where this machine shows it: the engine has it removed as soon as
 * the container ends, so what is to be known of it is read while it runs.
 */
export function watchContainer(
  options: ContainerOptions,
  name: string,
  limits: RunLimits,
  kill: () => void,
): ContainerWatch {
  let group: GroupReader | null = null;
  let exceeded: SandboxEnd['exceeded'] = null;
  let stopped = false;
  const find = async () => {
    const state = await inspectContainer(options, name);
    if (state && state.pid > 0) group = openGroupOf(state.pid);
    else if (!stopped) setTimeout(find, intervalMilliseconds);
  };
  const first = setTimeout(find, intervalMilliseconds);
  const read = () => {
    exceeded ??= group?.findRefusal() ?? null;
    return group?.readUsage() ?? nothing;
  };
  const watch = watchUsage(read, limits, (what) => {
    exceeded = what;
    kill();
  });
  return {
    stop() {
      stopped = true;
      clearTimeout(first);
      watch.stop();
    },
    exceeded: () => exceeded,
    usage: watch.usage,
  };
}
