#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/tcp.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

int linux_perf_event_open(struct perf_event_attr *attr, int32_t pid, int32_t cpu, int32_t group,
                          uint64_t flags) {
  return (int)syscall(SYS_perf_event_open, attr, pid, cpu, group, flags);
}

int linux_mount_detached(const char *filesystem) {
  int context = (int)syscall(SYS_fsopen, filesystem, FSOPEN_CLOEXEC);
  if (context < 0) return -1;
  int root = -1;
  if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
    root = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
                        MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  int error = errno;
  close(context);
  errno = error;
  return root;
}

struct socket_request {
  int network, domain, type, protocol;
  int result, error;
};

static void *open_socket(void *argument) {
  struct socket_request *request = argument;
  request->result = (int)syscall(SYS_setns, request->network, CLONE_NEWNET);
  if (request->result == 0)
    request->result = socket(request->domain, request->type, request->protocol);
  request->error = errno;
  return NULL;
}

int linux_socket_in_namespace(int network, int domain, int type, int protocol) {
  struct socket_request request = {network, domain, type, protocol, -1, 0};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, open_socket, &request);
  if (error == 0) error = pthread_join(thread, NULL);
  errno = error != 0 ? error : request.error;
  return error != 0 ? -1 : request.result;
}

int linux_enter_new_network_namespace(void) {
  return (int)syscall(SYS_unshare, CLONE_NEWNET);
}

pid_t linux_connect_in_new_process(const struct sockaddr *address, socklen_t length, int type,
                                   int *error) {
  pid_t child = fork();
  if (child == 0) {
    int descriptor = socket(address->sa_family, type, 0);
    int result = descriptor < 0 ? -1 : connect(descriptor, address, length);
    _exit(result == 0 ? 0 : errno);
  }
  if (child < 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  *error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
  return child;
}

bool linux_clock_is_synchronized(void) {
  struct timex state = {.modes = 0};
  return adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}

bool linux_read_tcp_info(const void *bytes, size_t length, struct linux_tcp_figures *figures) {
  struct tcp_info info = {0};
  if (length < offsetof(struct tcp_info, tcpi_segs_out)) return false;
  memcpy(&info, bytes, length < sizeof info ? length : sizeof info);
  // bytes_sent came with Linux 4.19; before, what was acknowledged comes closest.
  bool counts_sent = length >= offsetof(struct tcp_info, tcpi_dsack_dups);
  *figures = (struct linux_tcp_figures){
      .rtt_us = info.tcpi_rtt,
      .total_retrans = info.tcpi_total_retrans,
      .bytes_sent = counts_sent ? info.tcpi_bytes_sent - info.tcpi_bytes_retrans
                                : info.tcpi_bytes_acked,
      .bytes_received = info.tcpi_bytes_received,
  };
  return true;
}
