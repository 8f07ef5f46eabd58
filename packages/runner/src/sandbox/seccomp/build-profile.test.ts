import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allowedFamilies, allowedSyscalls, hiddenSyscall, namespaceFlags } from './allowed-syscalls.js';
import { buildSeccompProfile, type SeccompProfile } from './build-profile.js';
import { syscallNumbers } from './syscall-numbers.js';

type Rule = SeccompProfile['syscalls'][number];

/** What libseccomp makes of a profile: a rule without conditions wins, then the one whose conditions hold. */
function decide({ syscalls, defaultErrnoRet }: SeccompProfile, name: string, first: number): number {
  const rules = syscalls.filter(({ names }) => names.includes(name));
  const rule = rules.find(({ args }) => !args) ?? rules.find((each) => holds(each, first));
  if (!rule) return defaultErrnoRet;
  return rule.action === 'SCMP_ACT_ALLOW' ? 0 : (rule.errnoRet ?? defaultErrnoRet);
}

function holds({ args = [] }: Rule, first: number): boolean {
  return args.every(({ index, op, value, valueTwo }) => {
    if (index !== 0) throw new Error('Only the first argument is looked at.');
    if (op === 'SCMP_CMP_EQ') return first === value;
    return op === 'SCMP_CMP_GT' ? first > value : (first & value) === valueTwo;
  });
}

const names = Object.keys(syscallNumbers.x64);
const interesting = [0, 1, 2, 3, 9, 10, 11, 16, 17, 40, 0x1000_0000, 0x0002_0000, 0x0000_0080, 0x0000_0011];

it('answers every call as bubblewrap’s filter does', () => {
  const profile = buildSeccompProfile('x64');
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...interesting), fc.nat()), (name, first) => {
      let expected = allowedSyscalls.includes(name) || name === 'ioctl' ? 0 : 1;
      if (name === 'clone') expected = (first & namespaceFlags) === 0 ? 0 : 1;
      if (name === 'socket') expected = allowedFamilies.some((family) => family === first) ? 0 : 97;
      if (name === hiddenSyscall) expected = 38;
      expect([name, first, decide(profile, name, first)]).toEqual([name, first, expected]);
    }),
    { numRuns: 5000 },
  );
});

it('has one unconditional rule a call at most, and none beside conditions', () => {
  const { syscalls } = buildSeccompProfile('arm64');
  for (const name of ['clone', 'socket', hiddenSyscall]) {
    const rules = syscalls.filter((rule) => rule.names.includes(name));
    expect(rules.some(({ args }) => !args)).toBe(name === hiddenSyscall);
  }
});
