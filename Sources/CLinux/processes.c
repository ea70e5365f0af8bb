#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS = 3 };
static const int signals[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

/// The end of this process comes by its channel, not by what a terminal or a service manager sends to
/// all processes at once.
static void ignore_signals(struct sigaction before[SIGNALS]) {
  struct sigaction ignoring = {.sa_handler = SIG_IGN};
  for (int index = 0; index < SIGNALS; index++)
    sigaction(signals[index], &ignoring, before ? &before[index] : NULL);
}

/// As waitpid(2) tells it; -1 if there is no such child.
static int wait_for(pid_t child) {
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

void linux_reap(pid_t child) { wait_for(child); }

static void pause_for(long milliseconds) {
  struct timespec time = {.tv_nsec = milliseconds * 1000000};
  nanosleep(&time, NULL);
}

// MARK: - The janitor

static void close_all_but(unsigned first, unsigned second) {
  unsigned low = first < second ? first : second, high = first < second ? second : first;
  unsigned ranges[3][2] = {{0, low - 1}, {low + 1, high - 1}, {high + 1, ~0U}};
  for (int index = low == 0 ? 1 : 0; index < 3; index++) {
    unsigned begin = ranges[index][0], end = ranges[index][1];
    if (begin > end || syscall(SYS_close_range, begin, end, 0) == 0) continue;
    // Before Linux 5.9.
    long limit = sysconf(_SC_OPEN_MAX);
    for (unsigned number = begin; number <= end && number < (unsigned long)limit; number++)
      close((int)number);
  }
}

static _Noreturn void clear_up(int channel, int directory, const char *path) {
  prctl(PR_SET_NAME, "netmon-janitor", 0, 0, 0);
  ignore_signals(NULL);
  close_all_but((unsigned)channel, (unsigned)directory);
  uint64_t kept = getuid() == 0 ? 0 : UINT64_C(1) << CAP_DAC_OVERRIDE;
  linux_limit_capabilities(kept);
  linux_set_capabilities(kept);
  linux_forbid_new_privileges();
  linux_forbid_calls();

  char order;
  while (recv(channel, &order, 1, 0) < 0 && errno == EINTR) {}
  int result = 0;
  // Of a process that was killed, the files are closed one after the other.
  for (int attempt = 0; attempt < 500; attempt++) {
    result = unlinkat(directory, path, AT_REMOVEDIR) == 0 ? 0 : errno;
    if (result != EBUSY) break;
    pause_for(10);
  }
  send(channel, &result, sizeof result, MSG_NOSIGNAL);
  _exit(0);
}

int linux_start_janitor(int directory, const char *path, pid_t *janitor) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  *janitor = fork();
  if (*janitor == 0) clear_up(ends[1], directory, path);
  int error = errno;
  close(ends[1]);
  if (*janitor > 0) return ends[0];
  close(ends[0]);
  errno = error;
  return -1;
}

// MARK: - The keeper

/// How long a worker may take to end, in milliseconds.
enum { PATIENCE = 20000 };

static void tell_end(int channel, int status) {
  char message[1 + sizeof status] = {LINUX_WORKER_ENDED};
  __builtin_memcpy(message + 1, &status, sizeof status);
  send(channel, message, sizeof message, MSG_NOSIGNAL);
}

/// Waits for its end, which closes the pipe `life`.
static int reap(pid_t worker, int life) {
  close(life);
  return wait_for(worker);
}

static _Noreturn void end_with(pid_t worker, int life) {
  if (life >= 0) {
    kill(worker, SIGTERM);
    struct pollfd end = {.fd = life, .events = POLLIN};
    if (poll(&end, 1, PATIENCE) != 1) kill(worker, SIGKILL);
    reap(worker, life);
  }
  _exit(0);
}

/// Returns in workers only.
static void keep(int channel) {
  struct sigaction before[SIGNALS];
  prctl(PR_SET_NAME, "netmon-keeper", 0, 0, 0);
  ignore_signals(before);
  pid_t worker = -1;
  int life = -1;
  for (;;) {
    struct pollfd entries[2] = {{.fd = channel, .events = POLLIN}, {.fd = life, .events = POLLIN}};
    if (poll(entries, 2, -1) < 0) continue;
    if (entries[1].revents != 0) {
      tell_end(channel, reap(worker, life));
      life = -1;
    }
    if (entries[0].revents == 0) continue;
    char order;
    ssize_t count = recv(channel, &order, 1, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) end_with(worker, life);
    int ends[2];
    if (life >= 0) continue;
    if (pipe2(ends, O_CLOEXEC) != 0) {
      tell_end(channel, -1);
      continue;
    }
    worker = fork();
    if (worker == 0) {
      close(ends[0]);
      prctl(PR_SET_NAME, "netmon-collect", 0, 0, 0);
      for (int index = 0; index < SIGNALS; index++) sigaction(signals[index], &before[index], NULL);
      return;
    }
    close(ends[1]);
    life = ends[0];
    if (worker < 0) {
      close(life);
      life = -1;
      tell_end(channel, -1);
    }
  }
}

enum linux_role linux_start_keeper(int *channel, pid_t *keeper) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return LINUX_FAILED;
  *keeper = fork();
  if (*keeper == 0) {
    close(ends[0]);
    *channel = ends[1];
    keep(ends[1]);
    return LINUX_WORKER;
  }
  int error = errno;
  close(ends[1]);
  *channel = ends[0];
  if (*keeper > 0) return LINUX_ORIGIN;
  close(ends[0]);
  errno = error;
  return LINUX_FAILED;
}
