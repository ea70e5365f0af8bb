#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_permitted_capabilities(uint64_t *permitted) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  return 0;
}

int linux_set_capabilities(uint64_t capabilities) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
  for (int word = 0; word < _LINUX_CAPABILITY_U32S_3; word++)
    data[word].permitted = data[word].effective = (uint32_t)(capabilities >> 32 * word);
  return (int)syscall(SYS_capset, &header, data);
}

int linux_become(const char *name, uid_t uid, gid_t gid) {
  if (initgroups(name, gid) != 0 || setresgid(gid, gid, gid) != 0) return -1;
  return setresuid(uid, uid, uid);
}

int linux_keep_capabilities(bool keeps) { return prctl(PR_SET_KEEPCAPS, keeps ? 1 : 0, 0, 0, 0); }

int linux_limit_capabilities(uint64_t kept) {
  // Ambient ones came with Linux 4.3.
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) return -1;
  for (unsigned long capability = 0; capability < 64; capability++) {
    int state = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (state < 0) break;  // The kernel knows no more.
    if (state == 0 || kept >> capability & 1) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -1;
  }
  return 0;
}

bool linux_is_filtered(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER; }

int linux_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int linux_signal_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int linux_open_place(int directory, const char *name) {
  return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int linux_change_owner(int place, uid_t uid, gid_t gid) {
  return fchownat(place, "", uid, gid, AT_EMPTY_PATH);
}

void linux_allow_locked_memory(void) {
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_MEMLOCK, &limit) == 0 || getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_MEMLOCK, &limit);
}

// MARK: - System calls

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/// What netmon never calls once it runs, and whoever takes it over would.
static const uint32_t forbidden[] = {
    SYS_execve, SYS_execveat,
    // Other processes. CAP_SYS_PTRACE, which /proc/PID/fd takes, would allow all of it.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_kcmp,
    SYS_process_madvise,
    // Any file, by a handle that can be guessed: CAP_DAC_READ_SEARCH allows it.
    SYS_open_by_handle_at,
    // Namespaces and mounts.
    SYS_unshare, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_fsopen,
    SYS_fspick, SYS_fsmount, SYS_fsconfig, SYS_move_mount, SYS_open_tree, SYS_mount_setattr,
    // Code for the kernel, and paths to it with many bugs behind them.
    SYS_bpf, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
    SYS_kexec_file_load, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_add_key, SYS_request_key, SYS_keyctl,
    // The machine.
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_sethostname,
    SYS_setdomainname, SYS_acct, SYS_quotactl, SYS_personality,
#if defined __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};

enum { FORBIDDEN = sizeof forbidden / sizeof forbidden[0] };

/// In clone(2); those of clone3(2) are in memory, which a filter cannot see, so that one is said not
/// to exist: the C library then calls the other.
static const uint32_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                   CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

#define LOAD(FIELD) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, FIELD))
#define ANSWER(ACTION) BPF_STMT(BPF_RET | BPF_K, ACTION)

int linux_forbid_calls(bool may_enter_networks) {
  if (ARCHITECTURE == 0) {
    errno = ENOSYS;
    return -1;
  }
  struct sock_filter program[FORBIDDEN + 24];
  unsigned short length = 0;
#define ADD(...) program[length++] = (struct sock_filter)__VA_ARGS__
  ADD(LOAD(arch));
  // Another architecture's calls have other numbers.
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
  ADD(ANSWER(SECCOMP_RET_KILL_PROCESS));
  ADD(LOAD(nr));
#if defined __x86_64__
  // Those of x32, __X32_SYSCALL_BIT, have too.
  ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
#endif
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1));
  ADD(ANSWER(SECCOMP_RET_ERRNO | ENOSYS));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 4));
  ADD(LOAD(args[1]));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLONE_NEWNET, 0, 1));
  ADD(ANSWER(may_enter_networks ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
  for (int index = 0; index < FORBIDDEN; index++)
    // To the last instruction but one of those below.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, forbidden[index], FORBIDDEN - 1 - index + 4, 0));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 2));
  ADD(LOAD(args[0]));
  ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespaces, 1, 0));
  ADD(ANSWER(SECCOMP_RET_ALLOW));
  ADD(ANSWER(SECCOMP_RET_ERRNO | EPERM));
#undef ADD
  struct sock_fprog filter = {.len = length, .filter = program};
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  // The id of a thread that could not be made to follow.
  if (result > 0) errno = EBUSY;
  return result == 0 ? 0 : -1;
}
