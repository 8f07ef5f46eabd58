import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeContainerImage, type TestImage } from '../testing/make-container-image.js';
import { runProgram, testStudies, wellBehaved } from '../testing/run-program.js';
import { createSandbox } from './create-sandbox.js';
import type { Sandbox } from './sandbox.js';

const mebibyte = 1024 ** 2;
/** Stands in the command line of whatever a program here leaves behind. */
const marker = 'holdout-attack-marker';

/** Of the environment in a container: what the image has, and the contract. */
const onlyContract =
  /^'((HOME=\/work|TMPDIR=\/work\/\.tmp|LANG=C\.UTF-8|PYTHONUNBUFFERED=1|PWD=\/work|PATH=[\w/:]+) )+'$/;

/** What a team's program may try. Each attack fails, is named, and leaves nothing behind. */
describe.each([
  ['bubblewrap', 'the best limits of this machine', true],
  ['bubblewrap', 'rlimits', false],
  ['container', 'the limits of its engine', true],
] as const)('%s with %s', (kind, _limits, controlGroups) => {
  let sandbox: Sandbox;
  let image: TestImage | null = null;
  beforeAll(async () => {
    if (kind === 'container') image = await makeContainerImage();
    sandbox = await createSandbox({ kind, controlGroups, container: image?.container });
    if (!controlGroups) expect(sandbox.enforcedBy).toBe('rlimits');
  });
  afterAll(async () => {
    await image?.remove();
  });
  afterEach(async () => {
    for (let tries = 0; tries < 200 && findMarked().length > 0; tries += 1) await sleep(50);
    expect(findMarked()).toEqual([]);
    // It goes on with the next.
    expect((await runProgram(sandbox, `${wellBehaved}predict()`)).result?.predictions).toHaveLength(3);
  });
  const attack = (source: string, options: Parameters<typeof runProgram>[2] = {}) =>
    runProgram(sandbox, `${wellBehaved}marker = '${marker}'\n${source}`, options);
  /** Each line of Python by itself: what it gives, or the name of its error. */
  const tryEach = async (...expressions: string[]) => {
    const { log } = await attack(`
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *values):
    result = libc.syscall(number, *values)
    return 'ok' if result >= 0 else os.strerror(ctypes.get_errno())
def connect(family, address):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(3)
    s.connect(address)
    return 'connected'
for text in ${JSON.stringify(expressions)}:
    try:
        print(repr(eval(text)))
    except Exception as error:
        print(type(error).__name__, getattr(error, 'errno', None))
predict()`);
    return log.split('\n');
  };

  it('reaches no network: not by IPv4, IPv6, names, unix sockets, or the loopback of the host', async () => {
    const server = createServer((_, response) => response.end('the API'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const abstract = createServer();
    await new Promise<void>((done) => abstract.listen('\0holdout-attack-socket', done));
    const answers = await tryEach(
      `connect(socket.AF_INET, ('127.0.0.1', ${port}))`,
      "connect(socket.AF_INET, ('8.8.8.8', 53))",
      `connect(socket.AF_INET6, ('::1', ${port}))`,
      "connect(socket.AF_INET6, ('2001:4860:4860::8888', 53))",
      "socket.getaddrinfo('example.org', 80)",
      "connect(socket.AF_UNIX, '\\0holdout-attack-socket')",
      "connect(socket.AF_UNIX, '/run/docker.sock')",
      'socket.socket(40, socket.SOCK_STREAM)',
      'socket.socket(16, socket.SOCK_RAW)',
      'socket.socket(17, socket.SOCK_RAW)',
      'open("/proc/net/route").read().count("\\n")',
    );
    server.close();
    abstract.close();
    expect(answers.join('\n')).not.toContain('connected');
    expect(answers[0]).toMatch(/ConnectionRefusedError|OSError/);
    expect(answers[1]).toBe('OSError 101');
    expect(answers[4]).toMatch(/gaierror/);
    expect(answers.slice(7, 10)).toEqual(['OSError 97', 'OSError 97', 'OSError 97']);
    expect(answers[10]).toBe('1');
  });

  it('sees no process, no environment and no file of the worker, and is nobody', async () => {
    process.env.HOLDOUT_ATTACK_SECRET = 'a secret of the worker';
    const folder = await mkdtemp(join(tmpdir(), 'holdout-labels-'));
    await writeFile(join(folder, 'labels.csv'), 'study,1\n');
    const answers = await tryEach(
      `os.path.exists('${folder}/labels.csv')`,
      `os.path.exists('/proc/${process.pid}/environ')`,
      'sorted(os.listdir("/"))',
      'max(int(name) for name in os.listdir("/proc") if name.isdigit()) < 100',
      'b"secret" in b"".join(open("/proc/%s/environ" % name, "rb").read() for name in os.listdir("/proc") if name.isdigit())',
      'any("labels" in open("/proc/%s/cmdline" % n).read() or "holdout-" in open("/proc/%s/cmdline" % n).read().replace(marker, "") for n in os.listdir("/proc") if n.isdigit() and n != str(os.getpid()))',
      'open("/etc/shadow").read()',
      'os.listdir("/root")',
      'os.listdir("/home")',
      '(os.getuid(), os.getgid(), os.getgroups())',
      '[line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapPrm", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp:"))]',
      'os.listdir("/proc/self/fd")[:3]',
      'open("/proc/1/environ").read().replace("\\0", " ")',
      'socket.gethostname()',
    );
    await rm(folder, { recursive: true });
    expect(answers.slice(0, 2)).toEqual(['False', 'False']);
    const seen = [
      'bin',
      'dev',
      'etc',
      'lib',
      'lib64',
      'opt',
      'proc',
      'run',
      'sbin',
      'sys',
      'tmp',
      'usr',
      'var',
      'work',
    ];
    const unseen = kind === 'container' ? [] : ['run', ...(existsSync('/usr/bin/python') ? ['opt'] : [])];
    const listed = seen.filter((name) => !unseen.includes(name)).map((name) => `'${name}'`);
    expect(answers[2]).toBe(`[${listed.join(', ')}]`);
    expect(answers.slice(3, 6)).toEqual(['True', 'False', 'False']);
    expect(answers.slice(6, 9)).toEqual(Array(3).fill('FileNotFoundError 2'));
    expect(answers[9]).toMatch(/^\(1000, 1000, \[(1000)?\]\)$/);
    const none = '0000000000000000';
    expect(answers[10]).toBe(`['${none}', '${none}', '${none}', '1', '2']`);
    expect(answers[11]).toBe("['0', '1', '2']");
    const first = "'PATH=/usr/bin:/bin:/usr/sbin:/sbin PWD=/ '";
    expect(answers[12]).toEqual(kind === 'bubblewrap' ? first : expect.stringMatching(onlyContract));
    expect(answers[13]).toBe("'holdout'");
  });

  it('makes no system call that reaches further', async () => {
    const answers = await tryEach(
      'call(101, 16, 1, 0, 0)',
      'call(165, None, b"/work", b"tmpfs", 0, None)',
      'call(272, 0x10000000)',
      'call(56, 0x10000000 | 17, 0, 0, 0, 0)',
      'call(308, 0, 0)',
      'call(250, 0, -3, 0)',
      'call(321, 0, 0, 0)',
      'call(298, 0, 0, -1, -1, 0)',
      'call(425, 1, 0)',
      'call(323, 0)',
      'call(310, 1, 0, 0, 0, 0, 0)',
      'call(155, b".", b".")',
      'call(169, 0, 0, 0, 0)',
      'call(435, 0, 0)',
      'sys.stdout.flush()',
      'call(0x40000000 + 39)',
    );
    expect(answers.slice(0, 13)).toEqual(Array(13).fill("'Operation not permitted'"));
    expect(answers[13]).toBe("'Function not implemented'");
    // Engines end whoever comes by another way into the kernel.
    expect(answers.at(-1)).toBe(kind === 'container' ? 'Bad system call' : "'Function not implemented'");
  });

  it('writes nowhere but to its own folder, and changes no image', async () => {
    const [study = ''] = testStudies;
    const answers = await tryEach(
      ...[
        '/x',
        '/usr/x',
        '/etc/x',
        '/dev/x',
        '/proc/x',
        '/opt/x',
        '/opt/holdout/bundle/src/x',
        `/work/${study}/x`,
        '/sys/x',
      ].map((path) => `open('${path}', 'w')`),
      `open('/work/${study}/image1.png', 'w')`,
      `os.remove('/work/${study}/image1.png')`,
      `os.chmod('/work/${study}/image1.png', 0o777)`,
      `os.rename('/work/MURA-v1.1', '/work/other')`,
      'open("/work/valid_image_paths.csv", "a")',
      'os.setuid(0)',
      'os.chroot("/work")',
      'os.mknod("/work/disk", 0o60600, os.makedev(254, 0))',
      'os.write(os.open("/work/mine", os.O_CREAT | os.O_WRONLY), b"x")',
      'os.write(os.open("/tmp/mine", os.O_CREAT | os.O_WRONLY), b"x")',
    );
    expect(answers.slice(-2)).toEqual(['1', '1']);
    for (const answer of answers.slice(0, -2)) expect(answer).toMatch(/Error/);
  });

  it.each([
    [
      'the disk',
      "open('big', 'wb').write(b'x' * 60_000_000)\npredict()",
      'scratch_limit_exceeded',
      { scratchSizeBytes: 32 * mebibyte, fileSizeBytes: 1024 * mebibyte },
    ],
    [
      'one file',
      "open('big', 'wb').write(b'x' * 60_000_000)\npredict()",
      'file_size_limit_exceeded',
      { fileSizeBytes: 32 * mebibyte },
    ],
    [
      'shared memory',
      "open('/dev/shm/big', 'wb').write(b'x' * 60_000_000)\npredict()",
      'scratch_limit_exceeded',
      { scratchSizeBytes: 32 * mebibyte, fileSizeBytes: 1024 * mebibyte },
    ],
    ['memory', 'x = bytearray(600_000_000)\npredict()', 'memory_limit_exceeded', { memoryLimitBytes: 200 * mebibyte }],
    [
      'memory of many processes',
      'for n in range(8):\n    if os.fork() == 0:\n        x = bytearray(60_000_000)\n        import time; time.sleep(20)\nos.wait()\nraise SystemExit(1)',
      'memory_limit_exceeded',
      { memoryLimitBytes: 200 * mebibyte },
    ],
    // Where the limit is known by the words of an error alone, one process has to have the last of them.
    [
      'processes',
      controlGroups
        ? 'while True: os.fork()'
        : 'import time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(5)\n        os._exit(0)',
      'process_limit_exceeded',
      { processLimit: 40 },
    ],
    [
      'open files',
      "files = [open('/dev/null') for n in range(200)]",
      'open_file_limit_exceeded',
      { openFileLimit: 64 },
    ],
    ['CPU time', 'while True: pass', 'cpu_limit_exceeded', { cpuLimitSeconds: 1 }],
    ['time', 'import time\ntime.sleep(100)', 'time_limit_exceeded', { timeLimitSeconds: 1 }],
    [
      'time, and ignores SIGTERM',
      'import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)',
      'time_limit_exceeded',
      { timeLimitSeconds: 1 },
    ],
    ['the log', "while True: print('x' * 1000)", 'log_limit_exceeded', { logSizeBytes: mebibyte }],
    [
      'the log, in one line',
      "while True: sys.stdout.write('x' * 100_000)",
      'log_limit_exceeded',
      { logSizeBytes: mebibyte },
    ],
  ] as const)('is stopped when it uses up %s', async (_what, source, code, limits) => {
    const { fault, log } = await attack(source, { limits });
    expect(`${fault?.code} ${log.slice(-500)}`).toContain(code);
    expect(fault?.detail).toMatch(/The limit is .*; (it|all of it) /);
  });

  it.each([
    ['a link', "os.symlink('/etc/passwd', sys.argv[2])", /found a link/],
    ['a pipe', 'os.mkfifo(sys.argv[2])', /found a pipe/],
    ['a folder', 'os.mkdir(sys.argv[2])', /found a folder/],
    ['nothing', '', /found nothing/],
    ['unreadable', 'predict()\nos.chmod(sys.argv[2], 0)', /may not be read/],
    ['binary', "open(sys.argv[2], 'wb').write(bytes(range(128, 256)))", /not UTF-8/],
    ['a million lines', "open(sys.argv[2], 'w').write('a,1\\n' * 1_000_000)", /more than 50 problems/],
    ['one long line', "open(sys.argv[2], 'w').write('a' * 10_000_000)", /a line of 10000000 bytes/],
    ['extra columns', "predict('0.5,pixels')", /found 2 values/],
  ])('has its predictions refused where they are %s', async (_what, source, words) => {
    const { fault } = await attack(source);
    expect(fault?.code).toMatch(/^predictions_/);
    expect(fault?.detail).toMatch(words);
  });

  it('has a sparse file of 10 GB for predictions refused by its size', async () => {
    const { fault } = await attack('os.truncate(os.open(sys.argv[2], os.O_CREAT | os.O_RDWR), 10 * 2**30)', {
      limits: { fileSizeBytes: 20 * 1024 * mebibyte },
    });
    expect(fault?.code).toBe('output_limit_exceeded');
    expect(fault?.detail).toContain('10 GiB');
  });

  it('leaves no daemon behind, however it was started', async () => {
    const { result } = await attack(`
import subprocess, time
predict()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in (0, 1, 2): os.close(fd)
        os.execvp('sleep', ['sleep', '987'])
    os._exit(0)
subprocess.Popen(['python3', '-c', 'import time; time.sleep(99)', marker], start_new_session=True)
time.sleep(0.3)`);
    expect(result?.predictions).toHaveLength(3);
  });

  it('can lead nothing astray that runs before its program: not by its environment, and not by the names of its files', async () => {
    const shadow = '#!/bin/sh\nexit 0\n';
    const { result, log, fault } = await attack(
      `
print(open('/proc/self/limits').read())
print([name for name in ('etc', 'usr', 'hostname') if os.path.exists('/work/a/' + name)])
predict()`,
      {
        limits: { openFileLimit: 321 },
        manifest: {
          environment: {
            PATH: '/work/bin:/usr/bin:/bin',
            LD_PRELOAD: '/work/no.so',
            BASH_ENV: '/work/bin/env',
            ENV: '/work/bin/env',
            NVIDIA_VISIBLE_DEVICES: 'all',
          },
        },
        files: {
          'bin/prlimit': shadow,
          'bin/env': shadow,
          'bin/cp': shadow,
          'a,src=.': 'x',
          'b,rw,U': 'x',
          'a"b': 'x',
          'c:d': 'x',
        },
      },
    );
    expect(fault).toBeNull();
    expect(result?.predictions).toHaveLength(3);
    expect(log).toMatch(/Max open files +321 +321/);
    expect(log).toContain('\n[]');
    const nowhere = await attack('predict()', { manifest: { environment: { PATH: '/nowhere' } } });
    expect(nowhere.fault).toMatchObject({ code: 'command_failed', fault: 'team' });
  });

  it('can’t have its failure taken for ours', async () => {
    const attempts = [
      'os._exit(137)',
      'os._exit(125)',
      'os._exit(255)',
      // Into the code of the first process that it sees, where the kernel lets it.
      `
import re
try:
    for line in open('/proc/1/maps'):
        found = re.match(r'([0-9a-f]+)-([0-9a-f]+) r-xp', line)
        if found:
            start, end = (int(part, 16) for part in found.groups())
            memory = open('/proc/1/mem', 'r+b', buffering=0)
            memory.seek(start)
            memory.write(bytes([0xbf, 137, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05]) * ((end - start) // 12))
except Exception as error: print(error)
os._exit(1)`,
    ];
    for (const source of attempts) expect((await attack(source)).fault?.fault).toBe('team');
  });

  it('can’t hide memory in files and segments that belong to no process', async () => {
    const source = `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for n in range(24):
    file = os.memfd_create(str(n))
    for part in range(64): os.write(file, bytes(1 << 20))
    if libc.shmget(n + 1, 64 << 20, 0o1600) < 0: raise OSError(ctypes.get_errno(), 'shmget')
predict()`;
    const { fault } = await attack(source, { limits: { memoryLimitBytes: 256 * mebibyte } });
    // Where no control group counts them, there are none.
    expect(fault?.code).toBe(controlGroups ? 'memory_limit_exceeded' : 'command_failed');
  });

  it('is shown no more lines than its log has room for, however short they are', async () => {
    let lines = 0;
    const { fault } = await attack("os.write(1, b'\\n' * 1_000_000)\npredict()", {
      limits: { logSizeBytes: mebibyte },
      onLog: () => {
        lines += 1;
      },
    });
    expect(fault?.code).toBe('log_limit_exceeded');
    expect(lines).toBeLessThanOrEqual(mebibyte / 32);
  });

  it('does not end the worker by its number, nor all it can see', async () => {
    const { fault } = await attack(`
import signal
try: os.kill(${process.pid}, signal.SIGKILL)
except OSError as error: print(error)
os.kill(-1, signal.SIGKILL)`);
    expect(fault?.code).toMatch(/runner_crashed|command_failed/);
    expect(fault?.fault).toBe('team');
  });

  it('leaves nothing of it on the disk or among the control groups', async () => {
    const groups = () =>
      readdirSync('/sys/fs/cgroup', { recursive: true }).filter((name) => String(name).includes(`-${process.pid}-`));
    // Where control groups are of version 2, this process may have one of its own.
    const before = [groups(), await listTemporary()];
    await attack("open('left', 'w').write('x' * 1_000_000)\npredict()");
    expect([groups(), await listTemporary()]).toEqual(before);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('holdout/stage');
  });

  it('refuses an image that it does not have, or none at all, and says so', async () => {
    const unknown = `registry.example.org/team/model@sha256:${'0'.repeat(64)}`;
    const { fault } = await attack('predict()', { manifest: { image: unknown } });
    expect(fault?.code).toBe('engine_unavailable');
    expect(fault?.detail).toContain(kind === 'container' ? `podman pull ${unknown}` : 'runs programs by bubblewrap');
    const known = image && (await attack('predict()', { manifest: { image: image.byDigest } }));
    if (kind === 'container') expect(known?.result?.predictions).toHaveLength(3);
  });
});

/** Of this process: others run programs, too. */
async function listTemporary(): Promise<string[]> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(`holdout-program-${process.pid}-`));
  const there = await Promise.all(names.map((name) => stat(join(tmpdir(), name)).catch(() => null)));
  return names.filter((_, place) => there[place] !== null).sort();
}

/** Processes that run with the marker, or are the daemon of the test above. */
function findMarked(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => readIfThere(`/proc/${name}/cmdline`).replaceAll('\0', ' '))
    .filter((line) => line.startsWith('sleep 987') || line.endsWith(`${marker} `));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
