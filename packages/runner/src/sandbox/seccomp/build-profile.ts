import { allowedFamilies, allowedSyscalls, hiddenSyscall, namespaceFlags } from './allowed-syscalls.js';
import type { Architecture } from './syscall-numbers.js';

/** Linux' numbers of errors, which the profile wants instead of their names. */
const errors = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;
const architectureNames = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' } as const;

/** A rule of the format that docker and podman read; the conditions of one rule must all hold. */
interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Condition[];
}

interface Condition {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GT' | 'SCMP_CMP_MASKED_EQ';
}

export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
}

/**
 * The same policy as `buildSeccompFilter`'s, in the format of container engines. Only what writes into a terminal is not
 * refused: a container has none.
 */
export function buildSeccompProfile(architecture: Architecture): SeccompProfile {
  const highest = Math.max(...allowedFamilies);
  const refused = Array.from({ length: highest }, (_, family) => family).filter((each) => !isAllowed(each));
  const allowIf = (name: string, condition: Condition): Rule => ({
    ...{ names: [name], action: 'SCMP_ACT_ALLOW', args: [condition] },
  });
  const refuseIf = (condition: Condition): Rule => ({
    ...{ names: ['socket'], action: 'SCMP_ACT_ERRNO', errnoRet: errors.EAFNOSUPPORT, args: [condition] },
  });
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: errors.EPERM,
    architectures: [architectureNames[architecture]],
    syscalls: [
      { names: [...allowedSyscalls, 'ioctl'], action: 'SCMP_ACT_ALLOW' },
      allowIf('clone', { index: 0, value: namespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }),
      ...allowedFamilies.map((value) => allowIf('socket', { index: 0, value, op: 'SCMP_CMP_EQ' })),
      ...refused.map((value) => refuseIf({ index: 0, value, op: 'SCMP_CMP_EQ' })),
      refuseIf({ index: 0, value: highest, op: 'SCMP_CMP_GT' }),
      { names: [hiddenSyscall], action: 'SCMP_ACT_ERRNO', errnoRet: errors.ENOSYS },
    ],
  };
}

function isAllowed(family: number): boolean {
  return allowedFamilies.some((each) => each === family);
}
