/// The kernel's own declarations (UAPI), and calls that the C library does not wrap.
#ifndef CLINUX_H
#define CLINUX_H

#include <linux/inet_diag.h>
#include <linux/magic.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/vfs.h>

#include "privilege.h"
#include "processes.h"

/// perf_event_open(2).
int linux_perf_event_open(struct perf_event_attr *attr, int32_t pid, int32_t cpu, int32_t group,
                          uint64_t flags);

/// The memory that data_head of a perf ring covers may be read after this load.
static inline uint64_t linux_perf_data_head(const struct perf_event_mmap_page *page) {
  return __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
}

/// Gives the records before `tail` back to the kernel, once they have been read.
static inline void linux_perf_set_data_tail(struct perf_event_mmap_page *page, uint64_t tail) {
  __atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

/// Mounts a file system nowhere: a descriptor of its root, which is unmounted with its last user
/// (fsopen(2), fsmount(2); Linux 5.2). -1 with errno.
int linux_mount_detached(const char *filesystem);

/// Opens a socket inside another network namespace, to which it belongs from then on. A thread of its
/// own does that, as setns(2) changes the thread that calls it. `network` is an open
/// `/proc/PID/ns/net`. -1 with errno: EPERM without CAP_SYS_ADMIN.
int linux_socket_in_namespace(int network, int domain, int type, int protocol);

/// Moves the calling thread, and those that it will make, into a new network namespace (unshare(2)).
/// -1 with errno: EPERM without CAP_SYS_ADMIN.
int linux_enter_new_network_namespace(void);

/// Has a new process open a socket of a type such as SOCK_STREAM, connect it and end at once, and
/// waits for that. The process does nothing else, so it lives for about a millisecond.
///
/// Returns its pid, with what connect(2) told it in `error`: 0 or an errno. -1 with errno if there
/// is no new process.
pid_t linux_connect_in_new_process(const struct sockaddr *address, socklen_t length, int type,
                                   int *error);

/// Whether something, such as NTP, keeps the clock right (adjtimex(2), STA_UNSYNC).
bool linux_clock_is_synchronized(void);

/// The figures of `struct tcp_info` (linux/tcp.h) that netmon uses. That header clashes with
/// Glibc's module, and Glibc's own structure ends before the byte counters.
struct linux_tcp_figures {
  /// Smoothed round-trip time, in microseconds; 0 until one was measured.
  uint32_t rtt_us;
  /// Segments sent again in the socket's life.
  uint32_t total_retrans;
  /// Bytes of data sent, without what was sent again.
  uint64_t bytes_sent;
  /// Bytes of data received.
  uint64_t bytes_received;
};

/// Reads as much of a `struct tcp_info` as the kernel wrote: older ones write fewer fields. False
/// when it does not reach the byte counters (before Linux 4.1).
bool linux_read_tcp_info(const void *bytes, size_t length, struct linux_tcp_figures *figures);

#endif
