import { allowedFamilies, allowedSyscalls } from './allowed-syscalls.js';

/** What bubblewrap makes a sandbox by, besides what every program may do. */
const forSandboxes = ['mount', 'pivot_root', 'sethostname', 'umount2', 'unshare'];
/** NETLINK, by which bubblewrap switches the loopback of its own network on, and a process asks for its addresses. */
const netlink = 16;
const errors = { ENOSYS: 38 } as const;

/**
 * The seccomp profile of a container that an evaluating worker runs in, in the format of container engines: what the
 * programs in our sandbox may do, and what bubblewrap needs to make one. An engine's own profile refuses the latter to
 * who has no capability. Left out as from the sandbox's are keys, tracing, other processes' memory, bpf and modules.
 */
export function buildWorkerProfile() {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    // Libraries then do without; they take a refusal for a fault.
    defaultErrnoRet: errors.ENOSYS,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
    syscalls: [
      { names: [...allowedSyscalls, 'ioctl', 'clone', 'clone3', ...forSandboxes].sort(), action: 'SCMP_ACT_ALLOW' },
      ...[...allowedFamilies, netlink].map((value) => ({
        ...{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }] },
      })),
    ],
  };
}
