import NetmonKernel
import ServiceLifecycle

/// Gives memory back to the kernel that was needed for a while, such as for a crowd of clients or a
/// large body: glibc keeps most of it for the next time.
struct MemoryReturn: Service {
  static let interval = Duration.seconds(1)

  func run() async {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await ContinuousClock().sleep(for: Self.interval)
        ProcessMemory.returnFree()
      }
    }
  }
}
