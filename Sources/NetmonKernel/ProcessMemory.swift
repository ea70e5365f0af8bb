internal import CLinux

/// How this process deals with its own memory.
public enum ProcessMemory {
  /// Has freed memory stay for the next time, until ``returnFree()``: fresh pages cost more than what
  /// is done in them. By itself glibc gives large blocks back at once, as records on their way to
  /// the store, and takes new ones a moment later (mallopt(3); 32 MiB is its limit).
  public static func keepFree() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 32 << 20)
  }

  /// Has large blocks given back as soon as they are free. By itself glibc takes them from its heap
  /// once one was freed, and keeps what lies between others (mallopt(3)). With a quarter of that,
  /// receiving records would be slower: the kernel would be asked for each buffer of a request.
  public static func returnLarge() {
    mallopt(M_MMAP_THRESHOLD, 512 << 10)
  }

  /// Gives free memory back to the kernel (malloc_trim(3)), which takes some 10 µs when there is
  /// little.
  public static func returnFree() {
    malloc_trim(0)
  }
}
