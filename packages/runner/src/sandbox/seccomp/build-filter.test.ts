import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  allowedFamilies,
  allowedSyscalls,
  hiddenSyscall,
  namespaceFlags,
  refusedControls,
} from './allowed-syscalls.js';
import { buildSeccompFilter } from './build-filter.js';
import { newestSyscall, syscallNumbers } from './syscall-numbers.js';

const architectures = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
const answers = {
  allow: 0x7fff_0000,
  kill: 0x8000_0000,
  EPERM: 0x0005_0001,
  ENOSYS: 0x0005_0026,
  EAFNOSUPPORT: 0x0005_0061,
};

/** Runs classic BPF as the kernel would, over `struct seccomp_data`. */
function run(program: Buffer, call: { number: number; architecture: number; first: number; second: number }): number {
  const words = new Map([
    [0, call.number],
    [4, call.architecture],
    [16, call.first],
    [24, call.second],
  ]);
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const [yes, no] = [program.readUInt8(at * 8 + 2), program.readUInt8(at * 8 + 3)];
    const value = program.readUInt32LE(at * 8 + 4);
    const jumps: Record<number, boolean> = {
      21: accumulator === value,
      37: accumulator > value,
      53: accumulator >= value,
      69: (accumulator & value) !== 0,
    };
    if (code === 0x20) accumulator = words.get(value) ?? Number.NaN;
    else if (code === 0x06) return value;
    else if (jumps[code] === undefined) throw new Error(`There is no instruction ${code}.`);
    else at += jumps[code] ? yes : no;
  }
  throw new Error('The program ran past its end.');
}

/** The policy, said a second time. */
function expected(architecture: 'x64' | 'arm64', number: number, first: number, second: number): number {
  const numbers = syscallNumbers[architecture];
  const name = Object.keys(numbers).find((each) => numbers[each] === number);
  if (number >= 0x4000_0000) return answers.ENOSYS;
  if (name === 'clone') return (first & namespaceFlags) !== 0 ? answers.EPERM : answers.allow;
  if (name === 'socket') {
    return allowedFamilies.some((family) => family === first) ? answers.allow : answers.EAFNOSUPPORT;
  }
  if (name === 'ioctl') return refusedControls.some((control) => control === second) ? answers.EPERM : answers.allow;
  if (name === hiddenSyscall) return answers.ENOSYS;
  if (name !== undefined && allowedSyscalls.includes(name)) return answers.allow;
  return number > newestSyscall ? answers.ENOSYS : answers.EPERM;
}

const interesting = [0, 1, 2, 10, 16, 17, 40, 0x5412, 0x541c, 0x1000_0000, 0x0002_0000, 0x0000_0080, 0x0000_0011];

it.each(['x64', 'arm64'] as const)('answers every call of %s as the policy says', (architecture) => {
  const program = buildSeccompFilter(architecture);
  expect(program.length / 8).toBeLessThan(4096);
  const numbers = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0x4000_0000, max: 0x4000_0258 }));
  const values = fc.oneof(fc.constantFrom(...interesting), fc.nat());
  fc.assert(
    fc.property(numbers, values, values, (number, first, second) => {
      const call = { number, architecture: architectures[architecture], first, second };
      expect(run(program, call)).toBe(expected(architecture, number, first, second));
    }),
    { numRuns: 5000 },
  );
});

it('ends what comes in by another architecture', () => {
  const call = { number: 1, architecture: 0x4000_0003, first: 0, second: 0 };
  expect(run(buildSeccompFilter('x64'), call)).toBe(answers.kill);
});

it('refuses by name what reaches beyond the sandbox', () => {
  const beyond = [
    'ptrace',
    'mount',
    'umount2',
    'pivot_root',
    'unshare',
    'setns',
    'keyctl',
    'add_key',
    'bpf',
    'io_uring_setup',
  ];
  for (const name of [
    ...beyond,
    'perf_event_open',
    'userfaultfd',
    'process_vm_readv',
    'kexec_load',
    'init_module',
    'reboot',
  ]) {
    expect(allowedSyscalls).not.toContain(name);
  }
  // What programs can't do without.
  for (const name of ['read', 'execve', 'mmap', 'futex', 'exit_group']) expect(allowedSyscalls).toContain(name);
});
