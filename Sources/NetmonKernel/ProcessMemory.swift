internal import CLinux

/// How this process deals with its own memory.
public enum ProcessMemory {
  /// Has blocks from 256 KiB on go back to the kernel as soon as they are freed, as the lists of a
  /// snapshot of many sockets. By itself glibc soon keeps blocks of up to 32 MiB for the next time
  /// (mallopt(3), `M_MMAP_THRESHOLD`). Smaller ones are needed again at once.
  public static func returnLargeBlocks() {
    mallopt(M_MMAP_THRESHOLD, 256 << 10)
  }
}
