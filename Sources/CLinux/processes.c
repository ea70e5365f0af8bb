#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
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
    // Nothing is between neighbours, or a number and itself.
    if (begin > end || syscall(SYS_close_range, begin, end, 0) == 0) continue;
    // Before Linux 5.9.
    long limit = sysconf(_SC_OPEN_MAX);
    for (unsigned number = begin; number <= end && number < (unsigned long)limit; number++)
      close((int)number);
  }
}

enum { OPEN_DIAG_SOCKET = 'S', REMOVE = 'R' };

struct request {
  uint32_t serial;
  char kind;
};

struct answer {
  /// That of the request: an answer that came too late is not taken for the next one.
  uint32_t serial;
  int error;
};

/// Sends bytes, with a descriptor unless that is negative.
static bool send_with(int channel, const void *bytes, size_t length, int descriptor) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof descriptor)];
  } control = {0};
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return sendmsg(channel, &message, MSG_NOSIGNAL) == (ssize_t)length;
}

/// Receives so many bytes, and a descriptor, or -1 in its place. Returns what recvmsg(2) does.
static ssize_t receive_with(int channel, void *bytes, size_t length, int *descriptor) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof *descriptor)];
  } control = {0};
  struct iovec part = {.iov_base = bytes, .iov_len = length};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control.space};
  *descriptor = -1;
  ssize_t count;
  do {
    count = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (header != NULL && header->cmsg_type == SCM_RIGHTS)
    memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  return count;
}

/// Opens sock_diag in a network namespace. To stay there would keep that alive.
static int open_diag_socket(int network, int home) {
  if (syscall(SYS_setns, network, CLONE_NEWNET) != 0) return -1;
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  int error = errno;
  if (syscall(SYS_setns, home, CLONE_NEWNET) != 0) _exit(1);
  errno = error;
  return descriptor;
}

static int remove_directory(int directory, const char *path) {
  if (path == NULL) return 0;
  // Of a process that was killed, the files are closed one after the other.
  for (int attempt = 0; attempt < 500; attempt++) {
    if (unlinkat(directory, path, AT_REMOVEDIR) == 0) return 0;
    if (errno != EBUSY) return errno;
    pause_for(10);
  }
  return EBUSY;
}

static _Noreturn void be_janitor(int channel, int directory, const char *path, uint64_t kept) {
  prctl(PR_SET_NAME, "netmon-janitor", 0, 0, 0);
  ignore_signals(NULL);
  close_all_but((unsigned)channel, (unsigned)(directory < 0 ? channel : directory));
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  // Without CAP_SETPCAP the bounding set stays, from which nothing can be gained without executing.
  if (linux_limit_capabilities(kept) != 0 && errno != EPERM) _exit(1);
  // A service manager may have left no more than it must, and let nobody change it.
  if (linux_set_capabilities(kept) != 0 && !(errno == EPERM && linux_is_filtered())) _exit(1);
  if (linux_forbid_new_privileges() != 0) _exit(1);
  linux_forbid_calls(true);
  struct answer ready = {0};
  send_with(channel, &ready, sizeof ready, -1);
  for (;;) {
    struct request request = {0};
    int network;
    // The end of the other process is the end of the channel.
    bool is_over = receive_with(channel, &request, sizeof request, &network) <= 0;
    if (is_over || request.kind == REMOVE) {
      struct answer answer = {request.serial, remove_directory(directory, path)};
      send_with(channel, &answer, sizeof answer, -1);
      _exit(0);
    }
    int opened = network < 0 ? -1 : open_diag_socket(network, home);
    struct answer answer = {request.serial, opened < 0 ? errno : 0};
    send_with(channel, &answer, sizeof answer, opened);
    if (network >= 0) close(network);
    if (opened >= 0) close(opened);
  }
}

int linux_start_janitor(int directory, const char *path, uint64_t kept, pid_t *janitor) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  struct timeval patience = {.tv_sec = 6};
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  *janitor = fork();
  if (*janitor == 0) be_janitor(ends[1], directory, path, kept);
  int error = errno;
  close(ends[1]);
  struct answer ready;
  int none;
  if (*janitor > 0) {
    if (receive_with(ends[0], &ready, sizeof ready, &none) == sizeof ready) return ends[0];
    error = ECHILD;
  }
  close(ends[0]);
  errno = error;
  return -1;
}

/// Returns the descriptor that came with the answer, or 0 without one. -1 with errno.
static int ask(int channel, char kind, int descriptor) {
  static _Atomic uint32_t last_serial;
  struct request request = {.serial = ++last_serial, .kind = kind};
  if (!send_with(channel, &request, sizeof request, descriptor)) return -1;
  for (;;) {
    struct answer answer = {0};
    int opened;
    ssize_t count = receive_with(channel, &answer, sizeof answer, &opened);
    if (count < (ssize_t)sizeof answer) {
      if (count >= 0) errno = EPIPE;
      return -1;
    }
    if (answer.serial != request.serial) {
      if (opened >= 0) close(opened);
      continue;
    }
    if (answer.error == 0) return opened >= 0 ? opened : 0;
    errno = answer.error;
    return -1;
  }
}

int linux_ask_for_diag_socket(int channel, int network) {
  int descriptor = ask(channel, OPEN_DIAG_SOCKET, network);
  if (descriptor == 0) errno = EBADF;
  return descriptor > 0 ? descriptor : -1;
}

int linux_ask_for_removal(int channel) { return ask(channel, REMOVE, -1); }

// MARK: - The keeper

/// How long a worker may take to end, in milliseconds.
enum { PATIENCE = 20000 };

static void tell_end(int channel, int status) {
  char message[1 + sizeof status] = {LINUX_WORKER_ENDED};
  memcpy(message + 1, &status, sizeof status);
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
