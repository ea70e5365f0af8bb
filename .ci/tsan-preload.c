// What ThreadSanitizer cannot do with netmon by itself. Its programs are started with this
// (LD_PRELOAD); no report is suppressed.
//
// MARK: - Locks
//
// Of the locks of Swift's `Mutex` it sees on Linux a part only.
//
// The fast paths of lock and unlock are compiled into whoever uses them. Who has to wait does so in
// libswiftSynchronization, which is not instrumented: what happened before an unlock is then not known
// to have happened before that lock, and is reported as a race. These take the place of the slow
// paths, call them, and say what they mean.
//
// Mutex/LinuxImpl.swift of the Swift standard library has both.
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Those of a program that is built for ThreadSanitizer; null in others.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void lock(uint32_t state, SELF void *self) __asm__(LOCK);
SWIFT void lock(uint32_t state, SELF void *self) {
  typedef SWIFT void Function(uint32_t, SELF void *);
  ((Function *)dlsym(RTLD_NEXT, LOCK))(state, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock(SELF void *self) __asm__(UNLOCK);
SWIFT void unlock(SELF void *self) {
  typedef SWIFT void Function(SELF void *);
  if (__tsan_release) __tsan_release(self);
  ((Function *)dlsym(RTLD_NEXT, UNLOCK))(self);
}

// MARK: - Processes
//
// In a process that was forked it starts a thread of its own while fork(2) has not yet returned, which
// looks after memory. Who gives up privilege must be alone: in such a process there is none. `fork` of
// a program that is built for ThreadSanitizer calls this one.

/// Who forks, until that is done on both sides.
static _Thread_local pid_t forking;

pid_t fork(void) {
  forking = getpid();
  pid_t process = ((pid_t(*)(void))dlsym(RTLD_NEXT, "fork"))();
  forking = 0;
  return process;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *argument) {
  if (forking != 0 && forking != getpid() && __tsan_acquire) return EAGAIN;
  typedef int Function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  return ((Function *)dlsym(RTLD_NEXT, "pthread_create"))(thread, attributes, body, argument);
}
