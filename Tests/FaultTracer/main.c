/* Runs a program and strikes at the Nth system call by which it changes files below a directory.
 *
 * Like `strace -f -e inject`, whose counters are per thread (strace(1), "when=expr"): a program
 * that writes on several threads cannot be struck at each of its writes by those. These are counted
 * over all of its threads, in the order in which they are entered.
 *
 * The program ends with this one (PTRACE_O_EXITKILL). SIGTERM and SIGINT are passed on to it. */

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: fault-tracer [-f kill|EIO|ENOSPC] [-n N] [-t TIMES] [-c CALL] [-w] -d DIRECTORY "
    "-r REPORT PROGRAM [ARGUMENT...]\n"
    "  -n  strike at the Nth call, 0 counts only\n"
    "  -t  how many calls in a row fail\n"
    "  -c  only calls of this name\n"
    "  -w  count only after SIGUSR1\n";

/* System calls that change files, and whether their first argument is a descriptor. */
static const struct call {
  const char *name;
  long number;
  bool has_descriptor;
} calls[] = {
    {"write", SYS_write, true},           {"writev", SYS_writev, true},
    {"pwrite64", SYS_pwrite64, true},     {"pwritev", SYS_pwritev, true},
    {"fsync", SYS_fsync, true},           {"fdatasync", SYS_fdatasync, true},
    {"ftruncate", SYS_ftruncate, true},   {"fallocate", SYS_fallocate, true},
    {"unlinkat", SYS_unlinkat, false},    {"renameat2", SYS_renameat2, false},
#ifdef SYS_renameat
    {"renameat", SYS_renameat, false},
#endif
#ifdef SYS_rename
    {"rename", SYS_rename, false},
#endif
#ifdef SYS_unlink
    {"unlink", SYS_unlink, false},
#endif
};

static struct {
  int error; /* 0 is SIGKILL */
  long at, times;
  const char *call, *directory, *report;
} options = {.times = 1};

static pid_t child;
static volatile sig_atomic_t is_counting = 1;
static long count, strikes;
/* The thread in a call that is to fail; the calls of one program hardly ever overlap, and one that
 * does simply succeeds. */
static pid_t failing;

static void pass_on(int signal) { kill(child, signal); }
static void start_counting(int signal) {
  (void)signal;
  is_counting = 1;
}

static void fail(const char *what) {
  fprintf(stderr, "fault-tracer: %s: %s\n", what, strerror(errno));
  if (child > 0) kill(child, SIGKILL);
  exit(125);
}

static const struct call *counted_call(pid_t thread, long number, unsigned long first) {
  for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
    const struct call *call = &calls[index];
    if (call->number != number) continue;
    if (options.call && strcmp(options.call, call->name) != 0) return NULL;
    if (!call->has_descriptor) return call;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)first);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return strncmp(path, options.directory, strlen(options.directory)) == 0 ? call : NULL;
  }
  return NULL;
}

/* Gives the call that a thread enters the number -1, so that the kernel does nothing. */
static void skip_call(pid_t thread) {
#if defined(__x86_64__)
  if (ptrace(PTRACE_POKEUSER, thread, offsetof(struct user, regs.orig_rax), -1L) < 0) fail("ptrace");
#elif defined(__aarch64__)
  int number = -1;
  struct iovec part = {&number, sizeof number};
  if (ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &part) < 0) fail("ptrace");
#else
#error "how a system call is made to fail is not known for this processor"
#endif
}

/* Sets what the call that a thread leaves returns. */
static void set_result(pid_t thread, long result) {
#if defined(__x86_64__)
  if (ptrace(PTRACE_POKEUSER, thread, offsetof(struct user, regs.rax), result) < 0) fail("ptrace");
#elif defined(__aarch64__)
  struct user_regs_struct registers;
  struct iovec part = {&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &part) < 0) fail("ptrace");
  registers.regs[0] = (unsigned long)result;
  if (ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &part) < 0) fail("ptrace");
#endif
}

static void at_call(pid_t thread) {
  struct __ptrace_syscall_info info;
  /* It fails for a thread that was killed meanwhile. */
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
    if (thread != failing) return;
    failing = 0;
    set_result(thread, -options.error);
    return;
  }
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !is_counting) return;
  if (!counted_call(thread, (long)info.entry.nr, info.entry.args[0])) return;
  count++;
  if (options.at == 0 || count < options.at || count >= options.at + options.times) return;
  if (options.error == 0) {
    strikes++;
    kill(child, SIGKILL);
  } else if (failing == 0) {
    strikes++;
    failing = thread;
    skip_call(thread);
  }
}

/* Lets all threads run from call to call until none is left; returns the status of the first. */
static int trace(void) {
  int result = 0;
  for (;;) {
    int status;
    pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0 && errno == EINTR) continue;
    if (thread < 0) return result;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (thread == child) result = status;
      continue;
    }
    int signal = WSTOPSIG(status), delivered = 0;
    if (signal == (SIGTRAP | 0x80))
      at_call(thread);
    else if (status >> 16 == 0 && signal != SIGSTOP)
      /* A new thread begins with a SIGSTOP that nobody sent (ptrace(2), PTRACE_O_TRACECLONE). */
      delivered = signal;
    ptrace(PTRACE_SYSCALL, thread, 0, delivered);
  }
}

static void read_options(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "+f:n:t:c:wd:r:")) != -1) {
    switch (option) {
      case 'f':
        options.error = strcmp(optarg, "EIO") == 0      ? EIO
                        : strcmp(optarg, "ENOSPC") == 0 ? ENOSPC
                                                        : 0;
        break;
      case 'n': options.at = atol(optarg); break;
      case 't': options.times = atol(optarg); break;
      case 'c': options.call = optarg; break;
      case 'w': is_counting = 0; break;
      case 'd': options.directory = optarg; break;
      case 'r': options.report = optarg; break;
      default: options.directory = NULL;
    }
  }
  if (optind < argc && options.directory && options.report) return;
  fputs(usage, stderr);
  exit(2);
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    execvp(argv[optind], argv + optind);
    fail(argv[optind]);
  }
  struct sigaction action = {.sa_handler = pass_on};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  action.sa_handler = start_counting;
  sigaction(SIGUSR1, &action, NULL);
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  long wanted = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, 0, wanted) < 0) fail("ptrace");
  ptrace(PTRACE_SYSCALL, child, 0, 0);
  status = trace();

  FILE *report = fopen(options.report, "w");
  if (!report || fprintf(report, "%ld %ld\n", count, strikes) < 0 || fclose(report) != 0)
    fail(options.report);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
