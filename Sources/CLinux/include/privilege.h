/// Giving up privilege: capabilities(7), seccomp(2). The calls that concern one thread only must be
/// made while there is but one.
#ifndef CLINUX_PRIVILEGE_H
#define CLINUX_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// The capabilities that this thread holds, bit N being capability N (capget(2)). -1 with errno.
int linux_permitted_capabilities(uint64_t *permitted);

/// Makes these the thread's permitted and effective capabilities, and none inheritable (capset(2)).
/// -1 with errno: EPERM if it does not hold them.
int linux_set_capabilities(uint64_t capabilities);

/// Becomes a user, with the groups that it has, for good: initgroups(3), setresgid(2) and setresuid(2).
/// -1 with errno.
int linux_become(const char *name, uid_t uid, gid_t gid);

/// Whether the permitted capabilities outlast a change from uid 0 to another (PR_SET_KEEPCAPS).
int linux_keep_capabilities(bool keeps);

/// Takes all but these out of the bounding set, and all out of the ambient one. -1 with errno: EPERM
/// without CAP_SETPCAP.
int linux_limit_capabilities(uint64_t kept);

/// Whether a filter of system calls (seccomp(2)) is in force for this process.
bool linux_is_filtered(void);

/// No program that is executed from now on gains anything by its file (PR_SET_NO_NEW_PRIVS).
int linux_forbid_new_privileges(void);

/// Forbids all threads, for good, what netmon never does once it runs: to execute a program, to look
/// into or change other processes' memory, to enter or make namespaces, to mount, to load code into
/// the kernel, to open files by handle, and io_uring, which would go round these rules. They fail with
/// EPERM. With `may_enter_networks` a thread may enter an open network namespace, but no other kind.
/// Takes linux_forbid_new_privileges(). -1 with errno: ENOSYS where the processor is none that
/// this knows, EINVAL without CONFIG_SECCOMP_FILTER.
int linux_forbid_calls(bool may_enter_networks);

/// Opens a file as no more than a place: whatever it is, and a link itself (O_PATH, O_NOFOLLOW).
int linux_open_place(int directory, const char *name);

/// Gives what is open as a place to another owner (fchownat(2), AT_EMPTY_PATH). -1 with errno.
int linux_change_owner(int place, uid_t uid, gid_t gid);

/// Lifts the limit of the memory that perf's rings may take (RLIMIT_MEMLOCK, perf_event_open(2)) as far
/// as this process may: more is wanted when a CPU comes online.
void linux_allow_locked_memory(void);

/// Sends the thread a signal when its parent ends (PR_SET_PDEATHSIG); a change of uid undoes it.
int linux_signal_with_parent(int signal);

#endif
