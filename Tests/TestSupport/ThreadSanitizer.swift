import Glibc

/// The sanitizer that tells races; a test program either has it compiled in or not.
package enum ThreadSanitizer {
  /// Whether it watches this process: then everything takes many times as long, and several times the
  /// memory.
  package static var isWatching: Bool { dlsym(nil, "__tsan_acquire") != nil }
}
