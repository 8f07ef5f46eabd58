/** Last of all in the path: it holds `python`, for images that only have `python3`. */
export const ownPrograms = '/opt/holdout/bin';

/** What an engine puts into every container's environment without being asked. */
const engineVariables = ['container', 'HOSTNAME', 'TERM'];

/**
 * Exit codes of a container whose program failed, by what its first process saw of it. A program that gives one of them
 * itself only deceives its own team: all of them are that team's failures.
 */
export const seenByFirstProcess = { memory: 252, processes: 253 } as const;

/**
 * The first process of a container. It leaves what the engine put into its environment, and stays above the program: what
 * the kernel refused is read where every engine shows it, from the container's own control group, before that is gone.
 */
export function writeFirstProcess(temporaryFolder: string): string {
  return `
unset ${engineVariables.join(' ')}
export PATH="$PATH:${ownPrograms}"
mkdir -p ${temporaryFolder}
exec /bin/sh -c '${superviseProgram}' sh "$@"`;
}

/** Version 1 has a folder a controller, and counts what the kernel ended for want of memory, also of the machine's. */
const superviseProgram = `
"$@"
code=$?
[ "$code" = 0 ] && exit 0
exec 2> /dev/null
counts() {
  while read -r name value; do [ "$name" = "$2" ] && [ "$value" -gt 0 ] && return 0; done < "$1"
  return 1
}
groups=/sys/fs/cgroup
isFull() {
  read -r most < $groups/memory/memory.max_usage_in_bytes && read -r limit < $groups/memory/memory.limit_in_bytes &&
    [ "$((most / 98))" -ge "$((limit / 100))" ]
}
if counts $groups/memory.events oom; then exit ${seenByFirstProcess.memory}; fi
if counts $groups/memory/memory.oom_control oom_kill && isFull; then exit ${seenByFirstProcess.memory}; fi
if counts $groups/pids.events max || counts $groups/pids/pids.events max; then exit ${seenByFirstProcess.processes}; fi
exit "$code"`;

/**
 * Shell that runs beside a container, outside, and outlives the worker: `sh -c SCRIPT sh COMMAND…`. When its input ends,
 * which it does when the worker dies, the command removes the container; a second time where the worker did not say
 * that the container has ended, since it may only just have been made.
 */
export const guardian = `
read -r word
"$@"
[ "$word" = ended ] && exit 0
sleep 3
exec "$@"`;
