import Glibc
import NIOCore
import Synchronization

/// Leaves clients that were let go of without an answer for a while, so that those who come back at once
/// do not take the processor instead of the memory.
///
/// All that is left of such a connection is the kernel's part of it, and a descriptor.
final class Tarpit: Sendable {
  private let capacity: Int
  private let time: TimeAmount
  private let held = Atomic(0)

  /// Holds at most `capacity` connections, each for `time`.
  init(capacity: Int, time: Duration) {
    self.capacity = capacity
    self.time = TimeAmount(time)
  }

  /// How many are held now.
  var count: Int { held.load(ordering: .relaxed) }

  /// Closes a connection, of which the other side learns later, or at once when too many are held.
  func close(_ context: ChannelHandlerContext) {
    if let descriptor = duplicate(context) {
      _ = context.eventLoop.scheduleTask(in: time) { [self] in
        Glibc.close(descriptor)
        held.subtract(1, ordering: .relaxed)
      }
    }
    context.abort()
  }

  private func duplicate(_ context: ChannelHandlerContext) -> CInt? {
    guard held.add(1, ordering: .relaxed).newValue <= capacity,
      let descriptor = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
        of: NIOBSDSocket.Handle.self, { fcntl($0, F_DUPFD_CLOEXEC, 0) }),
      descriptor >= 0
    else {
      held.subtract(1, ordering: .relaxed)
      return nil
    }
    return descriptor
  }
}
