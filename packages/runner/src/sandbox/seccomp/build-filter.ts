import {
  allowedFamilies,
  allowedSyscalls,
  hiddenSyscall,
  namespaceFlags,
  refusedControls,
} from './allowed-syscalls.js';
import { type Architecture, newestSyscall, syscallNumbers } from './syscall-numbers.js';

/** AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64 in the kernel's `linux/audit.h`. */
const architectureIds = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
/** Of `linux/filter.h`: load a word, compare with a constant, return. */
const code = { load: 0x20, equal: 0x15, greater: 0x25, greaterOrEqual: 0x35, anyBit: 0x45, give: 0x06 } as const;
/** Of `struct seccomp_data`: number, architecture, and the low words of the arguments. */
const offset = { number: 0, architecture: 4, argument0: 16, argument1: 24 } as const;
const errors = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;
/** Of `linux/seccomp.h`. */
const allow = 0x7fff_0000;
const killProcess = 0x8000_0000;
/** Set in the number of a call by the x32 way into the kernel, which would pass by all comparisons. */
const x32Bit = 0x4000_0000;

/** One instruction of classic BPF; jumps count the instructions that are passed over. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

interface FilterOptions {
  /** Names of calls that are refused though they are on the list. */
  readonly refused?: readonly string[];
}

/**
 * The filter as `bwrap --seccomp` reads it: an array of `struct sock_filter`, 8 bytes each. A call that is not allowed
 * answers EPERM, one that is newer than the table ENOSYS; another architecture's way into the kernel ends the process.
 */
export function buildSeccompFilter(architecture: Architecture, { refused = [] }: FilterOptions = {}): Buffer {
  const numbers = syscallNumbers[architecture];
  const allowed = allowedSyscalls.filter((name) => !refused.includes(name));
  const numberOf = (name: string) => numbers[name] ?? -1;
  const instructions: Instruction[] = [
    [code.load, 0, 0, offset.architecture],
    [code.equal, 1, 0, architectureIds[architecture]],
    [code.give, 0, 0, killProcess],
    [code.load, 0, 0, offset.number],
    [code.greaterOrEqual, 0, 1, x32Bit],
    refuse('ENOSYS'),
    ...examine(numberOf('clone'), offset.argument0, [[code.anyBit, 0, 1, namespaceFlags], refuse('EPERM'), accept]),
    ...examine(numberOf('socket'), offset.argument0, [
      ...allowedFamilies.flatMap((family): Instruction[] => [[code.equal, 0, 1, family], accept]),
      refuse('EAFNOSUPPORT'),
    ]),
    ...examine(numberOf('ioctl'), offset.argument1, [
      ...refusedControls.flatMap((control): Instruction[] => [[code.equal, 0, 1, control], refuse('EPERM')]),
      accept,
    ]),
    [code.equal, 0, 1, numberOf(hiddenSyscall)],
    refuse('ENOSYS'),
    ...findRanges(allowed.map(numberOf).filter((number) => number >= 0)).flatMap(([first, last]): Instruction[] => [
      [code.greaterOrEqual, 0, 2, first],
      [code.greater, 1, 0, last],
      accept,
    ]),
    [code.greater, 0, 1, newestSyscall],
    refuse('ENOSYS'),
    refuse('EPERM'),
  ];
  return encode(instructions);
}

const accept: Instruction = [code.give, 0, 0, allow];

function refuse(error: keyof typeof errors): Instruction {
  return [code.give, 0, 0, 0x0005_0000 + errors[error]];
}

/** For one call only: loads an argument and decides by it. */
function examine(number: number, argument: number, decide: readonly Instruction[]): Instruction[] {
  return [[code.equal, 0, decide.length + 1, number], [code.load, 0, 0, argument], ...decide];
}

/** Numbers that follow one another need one comparison at each end. */
function findRanges(numbers: readonly number[]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

function encode(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [place, [operation, jumpTrue, jumpFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(operation, place * 8);
    bytes.writeUInt8(jumpTrue, place * 8 + 2);
    bytes.writeUInt8(jumpFalse, place * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, place * 8 + 4);
  }
  return bytes;
}
