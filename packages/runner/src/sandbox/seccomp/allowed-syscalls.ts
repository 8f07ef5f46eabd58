/**
 * The system calls that a program in a sandbox may make, by what they are for; all others are refused. Left out is
 * whatever reaches into other processes (ptrace, process_vm_*), into mounts and namespaces, into the kernel's key store,
 * its tracing and its own programs (bpf, perf_event_open, io_uring, userfaultfd), or changes the machine.
 */
const groups = {
  files: `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
    fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr
    fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init
    inotify_init1 inotify_rm_watch lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat
    mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
    readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice stat statfs
    statx symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat utimes write
    writev`,
  memory: `brk madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock
    munlockall munmap pkey_alloc pkey_free pkey_mprotect mbind get_mempolicy set_mempolicy`,
  processes: `arch_prctl execve execveat exit exit_group fork futex futex_waitv futex_wake futex_wait futex_requeue
    get_robust_list get_thread_area getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid
    kill prctl prlimit64 pidfd_open pidfd_send_signal restart_syscall rseq sched_get_priority_max sched_get_priority_min
    sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
    sched_setattr sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address setpgid
    setpriority setrlimit setsid tgkill tkill times uname sysinfo vfork wait4 waitid getcpu ioprio_get`,
  accounts: `capget capset getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid
    setgroups setregid setresgid setresuid setreuid setuid`,
  signals: `alarm pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo sigaltstack signalfd signalfd4`,
  time: `clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time timer_create
    timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime`,
  waiting: `epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 poll ppoll
    pselect6 select`,
  pipes: `pipe pipe2 socketpair accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg
    recvmsg sendmmsg sendmsg sendto setsockopt shutdown`,
  sharing: `mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl
    semget semop semtimedop shmat shmctl shmdt shmget`,
  random: 'getrandom',
  // Libraries ask for them and go on without an answer.
  harmless:
    'io_setup io_submit io_getevents io_destroy io_cancel io_pgetevents seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self',
} as const;

/** They take memory that belongs to no process, which only a control group counts. */
export const uncountedSyscalls: readonly string[] = ['memfd_create', 'shmget'];

export const allowedSyscalls: readonly string[] = Object.values(groups).flatMap((names) => names.trim().split(/\s+/));

/** Answers “not implemented”, since its flags lie in memory where a filter can't look: libraries then use `clone`. */
export const hiddenSyscall = 'clone3';

/** Flags of `clone` that make namespaces: mount, cgroup, uts, ipc, user, pid, network, and time. */
export const namespaceFlags = 0x7e02_0080;

/** Families of sockets that a namespace of its own cuts off from everything: unix, IPv4, IPv6. A virtual machine’s vsock is not. */
export const allowedFamilies = [1, 2, 10] as const;

/** Writing into a terminal as if somebody had typed: TIOCSTI and TIOCLINUX. */
export const refusedControls = [0x5412, 0x541c] as const;
