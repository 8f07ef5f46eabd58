import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { buildWorkerProfile } from './worker-profile.js';

it('is the file that the worker’s container is started with', async () => {
  const file = new URL('../../../../../deploy/seccomp/evaluating-worker.json', import.meta.url);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(buildWorkerProfile());
});

it('lets nothing reach into other processes, the kernel or the clock', () => {
  const names = buildWorkerProfile().syscalls.flatMap((rule) => rule.names);
  const reaching = ['ptrace', 'process_vm_readv', 'process_vm_writev', 'bpf', 'keyctl', 'add_key', 'perf_event_open'];
  const changing = ['init_module', 'finit_module', 'kexec_load', 'reboot', 'setns', 'open_by_handle_at', 'swapon'];
  const rest = ['io_uring_setup', 'userfaultfd', 'clock_settime', 'settimeofday', 'iopl', 'quotactl', 'syslog'];
  expect(names.filter((name) => [...reaching, ...changing, ...rest].includes(name))).toEqual([]);
});
