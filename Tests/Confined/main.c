// Forbids itself what netmon forbids itself, then tries each of it: prints one line for what was not
// refused with EPERM, and for what must go on working and does not. Silence is success.
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_refused(const char *name, long result) {
  if (result == -1 && errno == EPERM) return;
  printf("%s: %s\n", name, result == -1 ? strerror(errno) : "allowed");
}

static void *try_in_thread(void *argument) {
  char *const words[] = {"/bin/true", NULL};
  (void)argument;
  expect_refused("execve in a thread that was there before", execve(words[0], words, words + 1));
  return NULL;
}

static pthread_barrier_t barrier;

static void *wait_then_try(void *argument) {
  pthread_barrier_wait(&barrier);
  return try_in_thread(argument);
}

int main(void) {
  char *const words[] = {"/bin/true", NULL};
  pthread_t before, after;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&before, NULL, wait_then_try, NULL);
  if (linux_forbid_new_privileges() != 0 || linux_forbid_calls(false) != 0) {
    perror("cannot forbid");
    return 1;
  }
  pthread_barrier_wait(&barrier);
  pthread_join(before, NULL);

  expect_refused("execve", execve(words[0], words, words + 1));
  expect_refused("execveat", syscall(SYS_execveat, AT_FDCWD, words[0], words, words + 1, 0));
  expect_refused("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
  expect_refused("process_vm_writev", syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 0));
  expect_refused("pidfd_getfd", syscall(SYS_pidfd_getfd, -1, 0, 0));
  expect_refused("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, NULL, 0));
  expect_refused("unshare", syscall(SYS_unshare, CLONE_NEWUSER));
  expect_refused("setns", syscall(SYS_setns, -1, 0));
  expect_refused("setns of a network", syscall(SYS_setns, -1, CLONE_NEWNET));
  expect_refused("clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
  expect_refused("mount", syscall(SYS_mount, NULL, NULL, NULL, 0, NULL));
  expect_refused("bpf", syscall(SYS_bpf, 0, NULL, 0));
  expect_refused("finit_module", syscall(SYS_finit_module, -1, NULL, 0));
  expect_refused("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
  expect_refused("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
#if defined __x86_64__
  // The same call by the number of another ABI.
  expect_refused("execve of x32", syscall(0x40000000 | 520, words[0], words, words + 1));
#endif

  pid_t child = fork();
  if (child == 0) _exit(7);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7)
    printf("fork: it must go on working\n");
  if (pthread_create(&after, NULL, try_in_thread, NULL) != 0 || pthread_join(after, NULL) != 0)
    printf("threads: they must go on working\n");
  return 0;
}
