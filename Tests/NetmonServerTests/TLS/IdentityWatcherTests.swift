import Foundation
import NetmonCore
import TestCertificates
import Testing

@testable import NetmonServer

@Suite struct IdentityWatcherTests {
  private let files: CertificateFiles
  private let messages = Messages()
  private let current: CurrentIdentity
  private let watcher: IdentityWatcher

  init() throws {
    files = try CertificateFiles()
    current = CurrentIdentity(try ServerIdentity(files.tls))
    watcher = IdentityWatcher(
      files.tls, loaded: TLSFiles.State(of: files.tls), into: current, logger: messages.logger,
      now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) })
  }

  private var end: Timestamp { current.value.validity.upperBound }

  @Test func nothingHappensWithoutAChange() async {
    let before = end
    await watcher.look()
    await watcher.look()
    #expect(end == before)
    #expect(messages.all == [])
  }

  @Test func aNewPairIsTakenUp() async throws {
    try files.replace(with: files.issuer.issue(validity: -60..<1000))
    await watcher.look()
    #expect(messages.all == ["new certificate in use, until: \(end)"])
    await watcher.look()
    #expect(messages.all.count == 1)
  }

  @Test(arguments: [(0o600, 0), (0o640, 0), (0o644, 1)])
  func aKeyThatAnybodyMayReadIsTold(mode: Int, count: Int) async throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: files.key)
    await watcher.tellOfOpenKey()
    #expect(messages.all.count { $0.contains("anybody") && $0.contains(files.key) } == count)
  }

  @Test func halfAPairIsWaitedForAndToldOnce() async throws {
    let before = end
    let next = try files.issuer.issue(validity: -60..<1000)
    try files.write(next.certificate, to: files.certificate)
    for _ in 0..<3 { await watcher.look() }
    #expect(end == before)
    #expect(messages.all.count == 1)
    #expect(messages.all.first?.contains("does not belong") == true)
    try files.write(next.key, to: files.key)
    await watcher.look()
    #expect(end < before)
    #expect(messages.all.count == 2)
  }

  @Test func filesThatAreAwayAreWaitedFor() async throws {
    let before = end
    let key = try String(contentsOfFile: files.key, encoding: .utf8)
    try FileManager.default.removeItem(atPath: files.key)
    await watcher.look()
    #expect(messages.all.first?.contains("No such file") == true)
    try files.write(key, to: files.key)
    await watcher.look()
    #expect(end == before)
    #expect(messages.all.count == 2)
  }

  @Test func aLinkThatLeadsElsewhereIsAChange() async throws {
    let next = try files.issuer.issue(validity: -60..<1000)
    for (path, text) in [(files.certificate, next.certificate), (files.key, next.key)] {
      try files.write(text, to: path + ".next")
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: path + ".next")
    }
    let before = end
    await watcher.look()
    #expect(end < before)
  }

  @Test func anExpiredOneDoesNotTakeTheGoodOnesPlace() async throws {
    let before = end
    try files.replace(with: files.issuer.issue(validity: -1000 ..< -10))
    await watcher.look()
    #expect(end == before)
    #expect(messages.all.first?.contains("expired at") == true)
  }

  @Test func whatExpiresWhileInUseIsToldOnceAndReplaced() async throws {
    try files.replace(with: files.issuer.issue(validity: -1000 ..< -10))
    let expired = CurrentIdentity(try ServerIdentity(files.tls))
    let watcher = IdentityWatcher(
      files.tls, loaded: TLSFiles.State(of: files.tls), into: expired, logger: messages.logger,
      now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) })
    await watcher.look()
    await watcher.look()
    #expect(messages.all.count == 1)
    #expect(messages.all.first?.contains("clients will refuse") == true)
    // Another that has expired is as good.
    try files.replace(with: files.issuer.issue(validity: -1000 ..< -5))
    await watcher.look()
    #expect(messages.all.last?.contains("clients will refuse") == true)
    try files.replace(with: files.issuer.issue())
    await watcher.look()
    #expect(
      messages.all.last == "new certificate in use, until: \(expired.value.validity.upperBound)")
  }
}
