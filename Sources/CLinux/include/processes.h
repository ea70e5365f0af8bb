/// Processes beside the one that was started, each with a few lines to run. They are made by fork(2)
/// without execve(2), so only while there is one thread.
#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

#include <stdint.h>
#include <sys/types.h>

/// Forks a janitor: a process that stays who it is, keeps the capabilities `kept` and does two things
/// for this one, which gives that up. It opens sock_diag in network namespaces. And it removes the
/// empty directory `path` below the descriptor `directory`, unless that is null: when it is asked to,
/// or when this process has ended in whatever way. Then it ends.
///
/// Returns a socket by which it is asked. -1 with errno.
int linux_start_janitor(int directory, const char *path, uint64_t kept, pid_t *janitor);

/// Has the janitor open a netlink socket for sock_diag in another network namespace, of which `network`
/// is an open `/proc/PID/ns/net`. -1 with errno: EPERM if it has no CAP_SYS_ADMIN.
int linux_ask_for_diag_socket(int channel, int network);

/// Has the janitor remove its directory, and end. -1 with errno.
int linux_ask_for_removal(int channel);

/// Where a call of linux_start_keeper() returned.
enum linux_role {
  LINUX_FAILED = -1,
  /// In the process that called it.
  LINUX_ORIGIN,
  /// In a process that the keeper has forked.
  LINUX_WORKER,
};

/// What a keeper sends, before what a worker sends.
enum linux_keeper_message {
  /// The worker has ended: an int follows, as waitpid(2) tells it, -1 if there was none.
  LINUX_WORKER_ENDED = 'E',
};

/// Forks a keeper: a process that stays as privileged as this one is, and does nothing but fork a
/// worker when it is told to. There is one at a time. When `channel` is shut down by the origin, or the
/// origin has ended in whatever way, the keeper has the worker end (SIGTERM, after 20 s SIGKILL) and
/// ends itself.
///
/// Returns in the origin, where a byte sent into `channel` (a SOCK_SEQPACKET socket) asks for a
/// worker; and in each worker, which may send into it whatever does not begin as above.
enum linux_role linux_start_keeper(int *channel, pid_t *keeper);

/// Waits for a child that is ending (waitpid(2)).
void linux_reap(pid_t child);

#endif
