import NIOCore

extension ChannelHandlerContext {
  /// Closes the connection at once, with all that is still to be sent: within TLS there is no farewell,
  /// which would wait behind that.
  func abort() {
    let gate = try? pipeline.syncOperations.context(handlerType: TLSGate.self)
    (gate ?? self).close(promise: nil)
  }
}
