// Tells ThreadSanitizer of the locks of Swift's `Mutex`, which on Linux it sees in part only.
//
// The fast paths of lock and unlock are compiled into whoever uses them. Who has to wait does so in
// libswiftSynchronization, which is not instrumented: what happened before an unlock is then not known
// to have happened before that lock, and is reported as a race. These take the place of the slow paths
// (LD_PRELOAD), call them, and say what they mean. No report is suppressed.
//
// Mutex/LinuxImpl.swift of the Swift standard library has both.
#include <dlfcn.h>
#include <stdint.h>

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
