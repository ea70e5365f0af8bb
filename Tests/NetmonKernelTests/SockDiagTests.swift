import CLinux
import Glibc
import NetmonCore
import Testing

@testable import NetmonKernel

/// Answers every request with recorded datagrams.
private struct Recording: NetlinkTransport {
  let datagrams: [[UInt8]]
  private let position = Position()

  private final class Position: @unchecked Sendable {
    var next = 0
  }

  init(_ datagrams: [[UInt8]]) { self.datagrams = datagrams }

  func send(_ request: [UInt8]) throws(KernelError) {}

  func receive(into buffer: inout [UInt8]) throws(KernelError) -> Int? {
    guard position.next < datagrams.count else { return nil }
    let datagram = datagrams[position.next]
    position.next += 1
    buffer.replaceSubrange(0..<datagram.count, with: datagram)
    return datagram.count
  }
}

struct SockDiagTests {
  /// The recorded replies carry sequence number 7, the first request has 1.
  private func renumbered(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var offset = 0
    while offset + 16 <= bytes.count {
      bytes[offset + 8] = 1
      offset += (Int(bytes[offset]) | Int(bytes[offset + 1]) << 8) + 3 & ~3
    }
    return bytes
  }

  private func dump(_ datagrams: [[UInt8]]) throws -> (entries: [SocketEntry], malformed: Int) {
    var diag = SockDiag(Recording(datagrams))
    var entries: [SocketEntry] = []
    let malformed = try diag.dump(.tcp, .ipv4, networkNamespace: 1, figures: true) {
      entries.append($0)
    }
    return (entries, malformed)
  }

  /// Recorded on Linux 6.18: a listener with a queue of 7 at 127.0.0.1:50079, and one connection
  /// from port 35664 that is not accepted yet, over which 5 bytes were sent.
  @Test func recordedDump() throws {
    let bytes = renumbered(try KernelFixture.bytes("6.18/tcp.dump.hex"))
    let (entries, malformed) = try dump([bytes])
    #expect(malformed == 0)
    try #require(entries.count == 3)
    let listener = try #require(entries.first { $0.state == .LISTEN })
    #expect(listener.local == Endpoint("127.0.0.1:50079"))
    #expect(listener.listenQueue == ListenQueue(length: 1, limit: 7))
    #expect(listener.drops == 0)
    let client = try #require(entries.first { $0.local == Endpoint("127.0.0.1:35664") })
    #expect(client.state == .ESTABLISHED)
    #expect(client.remote == Endpoint("127.0.0.1:50079"))
    #expect(client.inode != 0)
    #expect(client.cookie != 0)
    #expect(client.figures?.bytesSent == 5)
    #expect(client.figures?.retransmits == 0)
    let server = try #require(entries.first { $0.remote == client.local })
    #expect(server.inode == 0)
    #expect(server.figures?.bytesReceived == 5)
  }

  /// Recorded on Linux 6.18: the end of that connection's client.
  @Test func recordedDestroy() throws {
    let bytes = try KernelFixture.bytes("6.18/tcp.destroy.hex")
    var events: [SocketEvent] = []
    DestroyGroup.decode(bytes.span.bytes, time: 12) { events.append($0) }
    try #require(events.count == 1)
    guard case .figures(let cookie, let figures) = events[0].kind else {
      Issue.record("\(events[0])")
      return
    }
    #expect(cookie != 0)
    #expect(figures.bytesSent == 5)
    #expect(events[0].time == 12)
  }

  @Test func kernelRefuses() {
    var reply = ByteBuilder()
    for word: UInt32 in [20, UInt32(NLMSG_ERROR), 1, 0] { reply.append(word) }
    reply.append(-ENOENT)
    #expect(throws: KernelError.system(.receive, subject: "sock_diag", errno: ENOENT)) {
      try dump([reply.bytes])
    }
  }

  /// No errno, and without a positive counterpart.
  @Test func absurdRefusal() {
    var reply = ByteBuilder()
    for word: UInt32 in [20, UInt32(NLMSG_ERROR), 1, 0] { reply.append(word) }
    reply.append(Int32.min)
    #expect(throws: KernelError.system(.receive, subject: "sock_diag", errno: EIO)) {
      try dump([reply.bytes])
    }
  }

  @Test func answerThatNeverEnds() {
    #expect(throws: KernelError.system(.receive, subject: "sock_diag", errno: ETIMEDOUT)) {
      try dump([])
    }
  }
}
