import NIOCore

extension Channel {
  /// Returns once the channel has got what was written to it before.
  ///
  /// It says only then that it is full. While its thread is busy with others, who writes a large
  /// response would go on, and have all of it in memory.
  func takeWritten() async throws {
    try await eventLoop.submit {}.get()
  }
}
