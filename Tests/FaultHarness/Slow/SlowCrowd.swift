import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Slow clients, each of which comes back when the server lets go of it.
final class SlowCrowd: Sendable {
  struct Figures {
    var opened = 0
    /// Open now.
    var open = 0
    /// By the status of the answer.
    var answers: [String: Int] = [:]
  }

  private let port: Int
  private let tls: NIOSSLContext?
  private let group: any EventLoopGroup
  private let state = Mutex<[SlowClient: Figures]>([:])
  private let isOver = Atomic(false)

  /// `tls` is nil for plaintext.
  init(port: UInt16, tls: NIOSSLContext?, group: any EventLoopGroup) {
    self.port = Int(port)
    self.tls = tls
    self.group = group
  }

  var figures: [SlowClient: Figures] { state.withLock { $0 } }

  /// Starts so many connections that hold, and a few of the others; they come within two seconds.
  func start(_ count: Int) {
    for number in 0..<count {
      let kind = SlowClient.holding[number % SlowClient.holding.count]
      schedule(kind, in: .milliseconds(Int64(2000 * number / count)))
    }
    for kind in [SlowClient.bomb, .depth] {
      for _ in 0..<min(4, max(1, count / 100)) { schedule(kind, in: .seconds(1)) }
    }
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  private func schedule(_ client: SlowClient, in delay: TimeAmount) {
    guard !isOver.load(ordering: .relaxed) else { return }
    _ = group.next().scheduleTask(in: delay) { self.connect(client) }
  }

  private func connect(_ client: SlowClient) {
    guard !isOver.load(ordering: .relaxed) else { return }
    let isSecure = tls != nil && client != .handshake
    ClientBootstrap(group: group)
      // As little as the kernel allows waits on the client's side.
      .channelOption(.socketOption(.so_rcvbuf), value: 4096)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if isSecure, let tls = self.tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
          }
          try pipeline.addHandler(
            SlowClientHandler(client, of: self.tls != nil) { status in
              self.change(client) { $0.answers[status, default: 0] += 1 }
            })
        }
      }
      .connect(host: "127.0.0.1", port: port)
      .whenComplete { result in
        guard case .success(let channel) = result else {
          return self.schedule(client, in: .milliseconds(500))
        }
        self.change(client) {
          $0.opened += 1
          $0.open += 1
        }
        channel.closeFuture.whenComplete { _ in
          self.change(client) { $0.open -= 1 }
          self.schedule(client, in: .milliseconds(SlowClient.holding.contains(client) ? 100 : 2000))
        }
      }
  }

  private func change(_ client: SlowClient, _ body: (inout Figures) -> Void) {
    state.withLock { body(&$0[client, default: Figures()]) }
  }
}
