import AsyncHTTPClient
import Foundation
import NetmonCore
import NetmonServer
import NetmonStore
import Testing
import TestSupport

@testable import NetmonAgent

/// Tokens in files, shown to a real server.
@Suite struct CredentialTests {
  private let stores = TestStores()
  private let local: Store
  private let served: Store
  private let tokens: TokenFile
  private let path: String

  init() throws {
    local = try stores.store("local.db")
    served = try stores.store("served.db")
    tokens = TokenFile(path: try stores.path("netmon.tokens"))
    path = try stores.path("token")
  }

  private func make(reads: Bool = false, host: String? = nil) throws -> (id: String, text: String) {
    try tokens.edit(besides: nil) { list in
      var generator = SystemRandomNumberGenerator()
      let made = list.add(
        name: "", scope: .init(reads: reads, ingestHost: host)!, created: .test, expires: nil,
        using: &generator)
      return (made.token.id, made.secret.text)
    }
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try #require(chmod(path, 0o600) == 0)
  }

  private func withServer(_ body: (RunningServer) async throws -> Void) async throws {
    let server = try await RunningServer.start(served, tokens: tokens)
    do {
      try await body(server)
    } catch {
      try await server.stop()
      throw error
    }
    try await server.stop()
  }

  @Test func theFileHoldsATokenAndBlanks() throws {
    let text = try make(reads: true).text
    for content in [text, text + "\n", "\n  \(text)\t\r\n\n"] {
      try write(content)
      #expect(try Credential(path: path).authorization == "Bearer \(text)")
    }
    #expect(try !Credential(path: path).isReadableByAnybody)
    try #require(chmod(path, 0o644) == 0)
    #expect(try Credential(path: path).isReadableByAnybody)
  }

  @Test func whatIsNoTokenIsToldByTheFileAlone() throws {
    let text = try make(reads: true).text
    for content in ["hunter2", text + "x", text + "\n" + text, String(text.dropLast())] {
      try write(content)
      #expect(throws: CredentialError.malformed(path: path)) { try Credential(path: path) }
    }
    for content in ["", " \n"] {
      try write(content)
      #expect(throws: CredentialError.empty(path: path)) { try Credential(path: path) }
    }
    try write(String(repeating: "a", count: 100_000))
    #expect(throws: CredentialError.malformed(path: path)) { try Credential(path: path) }
    #expect(throws: CredentialError.cannotRead(path: path + "x", errno: ENOENT)) {
      try Credential(path: path + "x")
    }
    #expect(!"\(CredentialError.malformed(path: path))".contains("hunter2"))
  }

  @Test func aFIFOWithoutAWriterHoldsNothingUp() throws {
    try #require(mkfifo(path, 0o600) == 0)
    #expect(throws: CredentialError.empty(path: path)) { try Credential(path: path) }
  }

  @Test func aPipeIsRead() throws {
    let text = try make(reads: true).text
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    #expect(try Credential(path: path).authorization == "Bearer \(text)")
  }

  @Test func theFileIsReadAgainWhenItsTokenIsOfNoUse() async throws {
    let (first, second) = (try make(reads: true), try make(reads: true))
    try write(first.text)
    try await withServer { server in
      let client = try RESTClient(server: server.url, client: .shared)
        .authorized(by: try Credential(path: path))
      _ = try await client.errors(ErrorQuery(now: .test))
      _ = try tokens.edit(besides: nil) { $0.revoke(id: first.id, at: .test) }
      let isOut = try await eventually {
        do {
          _ = try await client.errors(ErrorQuery(now: .test))
          return false
        } catch RESTError.notAuthorised(_, let detail, let file) {
          return detail.contains("revoked") && file == path
        }
      }
      #expect(isOut)
      try write(second.text)
      _ = try await client.errors(ErrorQuery(now: .test))
    }
  }

  @Test func withoutATokenItIsSaidHowToGetOne() async throws {
    _ = try make(reads: true)
    try await withServer { server in
      let client = try RESTClient(server: server.url, client: .shared)
      do {
        _ = try await client.identify()
        Issue.record("it was let in")
      } catch {
        let text = "\(error)"
        #expect(text.contains("netmon token create") && text.contains("--token-file"), "\(text)")
      }
    }
  }

  /// A token for another host is the operator's to put right; until then nothing is given up.
  @Test func aTokenOfAnotherHostStopsDeliveryAndLosesNothing() async throws {
    try local.recordSamples(10)
    try write(try make(host: "web-2").text)
    try await withServer { server in
      let credential = try Credential(path: path)
      let replicator = try Replicator.quick(
        local, to: server.url, host: "web-1", credential: credential)
      do {
        try await replicator.deliverAll()
        Issue.record("it was delivered")
      } catch RESTError.forbidden(_, let detail, let place) {
        #expect(detail.contains("'web-2'") && detail.contains("'web-1'"), "\(detail)")
        #expect(place == "/0/host")
      }
      #expect(try local.gaps().isEmpty && served.recordCount == 0)
      try write(try make(host: "web-1").text)
      // The server learns of the new token within a second.
      #expect(try await eventually { (try? await replicator.deliverAll()) != nil })
      #expect(try served.contents() == local.contents())
    }
  }

  @Test func whatWasRecordedUnderAnotherNameHoldsNothingUp() async throws {
    try local.recordSamples(10)
    try local.recordSamples(1, from: 10) { $0.host = "web-1-before" }
    try local.recordGap(
      Gap(host: "web-1-before", from: .test, to: .test, count: 1, reason: "a full ring"))
    try local.recordSamples(10, from: 11)
    try write(try make(host: "web-1").text)
    try await withServer { server in
      try await Replicator.quick(
        local, to: server.url, host: "web-1", credential: try Credential(path: path)
      ).deliverAll()
      #expect(try served.recordCount == 20)
      let gap = try #require(
        try local.gaps().first { $0.reason.hasPrefix("refused by the server") })
      #expect(gap.host == "web-1-before" && gap.count == 1)
    }
  }
}
