import Foundation
import NIOCore
import NIOSSL
import NetmonCore
import NetmonStore
import TestCertificates
import TestSupport
import Testing

@testable import NetmonServer

@Suite struct SecureChannelTests {
  private let files: CertificateFiles
  private static let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

  init() throws {
    files = try CertificateFiles()
  }

  private func fault(_ fault: ConnectionFault, of server: RunningServer) async throws -> Double? {
    let client = try files.client()
    return try await RawConnection.with(port: server.address.port, secured: client) {
      try await $0.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      let text = try await $0.receiveToEnd()
      let body = text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
      return Exposition(body).value("netmon_connection_faults_total", ["reason": fault.rawValue])
    }
  }

  @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
  func requestsAreAnsweredWithinTLS(version: TLSVersion) async throws {
    let client = try files.client(upTo: version)
    try await withRunningServer(tls: files.tls) { server async throws in
      #expect(server.address.url == "https://127.0.0.1:\(server.address.port)")
      try await RawConnection.with(port: server.address.port, secured: client) {
        connection async throws in
        for _ in 0..<3 { #expect(try await connection.status(of: Self.request) == 200) }
      }
    }
  }

  @Test func versionsBefore12AreRefused() async throws {
    let client = try files.client(upTo: .tlsv11)
    let messages = Messages()
    try await withRunningServer(tls: files.tls, logger: messages.logger) { server async throws in
      await #expect(throws: NIOSSLError.self) {
        try await RawConnection.with(port: server.address.port, secured: client) {
          connection async throws in
          _ = try await connection.status(of: Self.request)
        }
      }
      #expect(try await eventually { try await fault(.handshakeFailed, of: server) == 1 })
    }
    #expect(messages.all.contains { $0.contains("only versions before TLS 1.2") })
  }

  @Test func plaintextIsToldWhatToDo() async throws {
    let messages = Messages()
    try await withRunningServer(tls: files.tls, logger: messages.logger) { server async throws in
      for request in [Self.request, "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n12345"] {
        let answer = try await RawConnection.with(port: server.address.port) {
          connection async throws in
          try await connection.send(request)
          return try await connection.receiveToEnd()
        }
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("https://"))
      }
      #expect(try await fault(.plaintext, of: server) == 2)
    }
    // Once for both.
    #expect(messages.all.count { $0.contains("does not speak TLS") } == 1)
  }

  @Test(arguments: ["\u{0}\u{1}\u{2}", "hello", "\r\n\r\n", "ssh"])
  func whatIsNeitherIsClosed(text: String) async throws {
    try await withRunningServer(tls: files.tls) { server async throws in
      let answer = try await RawConnection.with(port: server.address.port) {
        connection async throws in
        try await connection.send(text)
        return try await connection.receiveToEnd()
      }
      #expect(answer == "")
      #expect(try await fault(.plaintext, of: server) == 1)
    }
  }

  /// Nothing, the head of a record, and the beginning of a message to say hello.
  @Test(arguments: [
    "", "\u{16}\u{3}\u{1}", "\u{16}\u{3}\u{1}\u{0}\u{70}\u{1}\u{0}\u{0}\u{6c}\u{3}",
  ])
  func aHandshakeHasADeadline(beginning: String) async throws {
    let timeout = Duration.milliseconds(200)
    var limits = Server.Limits()
    limits.handshakeTimeout = timeout
    try await withRunningServer(limits: limits, tls: files.tls) { server async throws in
      let start = ContinuousClock.now
      _ = try await RawConnection.with(port: server.address.port) { connection async throws in
        do {
          if !beginning.isEmpty { try await connection.send(beginning) }
        } catch let error as ChannelError where error == .ioOnClosedChannel {}
        return try await connection.receiveToEnd()
      }
      #expect(ContinuousClock.now - start >= timeout)
      // Who asks has no more time for a handshake, and may be late as well.
      let isTold = try await eventually {
        (try? await fault(.handshakeTimeout, of: server)).flatMap { $0 } ?? 0 >= 1
      }
      #expect(isTold)
    }
  }

  @Test func aClientThatRefusesTheCertificateIsTold() async throws {
    let messages = Messages()
    try await withRunningServer(tls: files.tls, logger: messages.logger) { server async throws in
      let stranger = try CertificateFiles().client()
      await #expect(throws: (any Error).self) {
        try await RawConnection.with(port: server.address.port, secured: stranger) {
          _ = try await $0.status(of: Self.request)
        }
      }
      #expect(try await eventually { try await fault(.certificateRefused, of: server) == 1 })
    }
    #expect(messages.all.contains { $0.contains("does not know the certificate's CA") })
  }

  @Test func anotherCertificateLeavesOpenStreamsAlone() async throws {
    let messages = Messages()
    let client = try files.client()
    try await withRunningServer(tls: files.tls, logger: messages.logger) { server async throws in
      let port = server.address.port
      try await RawConnection.with(port: port, secured: client) { stream async throws in
        try await stream.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await stream.receive(upTo: "event: start")
        // Signed by a CA that the client does not know.
        let other = try CertificateFiles()
        try files.replace(with: other.issuer.issue())
        #expect(try await eventually { messages.all.contains { $0.hasPrefix("new certificate") } })
        await #expect(throws: NIOSSLError.self) {
          try await RawConnection.with(port: port, secured: client) {
            _ = try await $0.status(of: Self.request)
          }
        }
        try await RawConnection.with(port: port, secured: other.client()) {
          connection async throws in
          #expect(try await connection.status(of: Self.request) == 200)
        }
        let json = Array([Record()].json.utf8)
        _ = try server.store.record(RecordReader.read(json, as: .json).connections)
        #expect(try await stream.receive(upTo: "event: connection").contains("event: connection"))
      }
    }
  }

  @Test func shuttingDownWaitsForNoHandshake() async throws {
    try await withRunningServer(tls: files.tls) { server async throws in
      try await RawConnection.with(port: server.address.port) { connection async throws in
        try await connection.send("\u{16}\u{3}\u{1}")
        let start = ContinuousClock.now
        await server.shutDown()
        #expect(ContinuousClock.now - start < .seconds(4))
      }
    }
  }

  @Test func ofManyFailuresFewAreTold() {
    var pace = HandshakeLog.Pace()
    let start = ContinuousClock.now
    let told = (0..<62).map { pace.note(at: start + .seconds($0)) }
    #expect(told.first == 1)
    #expect(told[1..<60].allSatisfy { $0 == nil })
    #expect(told[60] == 60)
    #expect(told[61] == nil)
  }
}
