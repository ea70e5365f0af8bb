import Foundation
import Glibc
import NetmonCore
import Testing
import TestSupport

@testable import NetmonServer

@Suite struct TokenFileTests {
  private let tokens: TestTokens
  private var path: String { tokens.file.path }

  init() throws {
    tokens = try TestTokens()
  }

  private func status(_ path: String) throws -> stat {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status
  }

  @Test func itStandsBesideTheDatabase() {
    #expect(TokenFile(besides: "/var/lib/netmon/netmon.db").path == "/var/lib/netmon/netmon.tokens")
    #expect(TokenFile(besides: "/srv/a.b/records").path == "/srv/a.b/records.tokens")
  }

  @Test func onlyItsOwnerMayReadItAndNothingElseIsLeft() throws {
    #expect(try status(path).st_mode & 0o7777 == 0o600)
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["netmon.tokens"])
  }

  @Test func itIsReplacedAndNotWrittenOver() throws {
    let before = try status(path).st_ino
    let open = try #require(FileHandle(forReadingAtPath: path))
    try tokens.revoke(tokens.reader)
    #expect(try status(path).st_ino != before)
    // Who had it open has a whole file.
    let old = try TokenList(Array(try #require(try open.readToEnd())))
    #expect(old.token(id: tokens.reader.token.id)?.revoked == nil)
    #expect(try tokens.file.read()?.token(id: tokens.reader.token.id)?.revoked == testNow)
  }

  @Test func aFullOneTakesNoMoreAndStillRevokes() throws {
    let name = String(repeating: "n", count: TokenFile.room / 2)
    let scope = try #require(Token.Scope(reads: true, ingestHost: nil))
    func add() throws {
      _ = try tokens.file.edit(besides: nil) { list in
        var generator = SystemRandomNumberGenerator()
        return list.add(name: name, scope: scope, created: testNow, expires: nil, using: &generator)
      }
    }
    try add()
    #expect(throws: TokenFileError.full(path: path)) { try add() }
    try tokens.revoke(tokens.reader)
    #expect(try tokens.file.read()?.token(id: tokens.reader.token.id)?.revoked == testNow)
  }

  @Test func manyAtATimeLoseNothing() async throws {
    let count = try tokens.file.read()?.tokens.count ?? 0
    try await withThrowingTaskGroup { group in
      for index in 0..<20 {
        group.addTask { [file = tokens.file] in
          try TestTokens.make(in: file, reads: true, host: "host-\(index)")
        }
      }
      try await group.waitForAll()
    }
    #expect(try tokens.file.read()?.tokens.count == count + 20)
  }

  @Test(.enabled(if: geteuid() == 0, "takes root"))
  func rootLeavesItToWhomTheDatabaseBelongs() throws {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    let database = directory.appendingPathComponent("served.db").path
    try Data().write(to: URL(fileURLWithPath: database))
    try #require(chown(database, 4242, 4243) == 0)
    let file = TokenFile(besides: database)
    var generator = SystemRandomNumberGenerator()
    func add() throws -> TokenSecret {
      try file.edit(besides: database) {
        $0.add(
          name: "", scope: .init(reads: true, ingestHost: nil)!, created: testNow, expires: nil,
          using: &generator
        ).secret
      }
    }
    _ = try add()
    #expect(try (status(file.path).st_uid, status(file.path).st_gid) == (4242, 4243))
    // From then on it is the file's owner that counts, whoever has the database.
    try #require(chown(database, 0, 0) == 0)
    _ = try add()
    #expect(try status(file.path).st_uid == 4242)
    // Where there is no database yet, the directory tells.
    try #require(chown(directory.path, 4244, 4244) == 0)
    let other = TokenFile(path: directory.appendingPathComponent("other.tokens").path)
    _ = try other.edit(besides: directory.appendingPathComponent("none.db").path) {
      $0.add(
        name: "", scope: .init(reads: true, ingestHost: nil)!, created: testNow, expires: nil,
        using: &generator)
    }
    #expect(try status(other.path).st_uid == 4244)
  }

  @Test func itIsNotWrittenThroughALink() throws {
    let link = path + ".link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let file = TokenFile(path: link)
    #expect(throws: TokenFileError.symbolicLink(path: link)) {
      try file.edit(besides: nil) { _ in }
    }
    // A server may well be shown it through one.
    #expect(try file.read() == tokens.file.read())
  }

  @Test func whatOthersMayWriteIsNotTrusted() throws {
    for mode: mode_t in [0o620, 0o602] {
      try #require(chmod(path, mode) == 0)
      #expect(throws: TokenFileError.writableByOthers(path: path)) { try tokens.file.read() }
      #expect(throws: TokenFileError.writableByOthers(path: path)) {
        try tokens.file.edit(besides: nil) { _ in }
      }
    }
  }

  @Test func damageIsToldAndNotWrittenOver() throws {
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("hello\n".utf8))
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    do {
      try tokens.file.edit(besides: nil) { _ in }
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains("\(path) is damaged in line 6: "))
      #expect(!"\(error)".contains("\n"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let fifo = path + ".fifo"
    try #require(mkfifo(fifo, 0o600) == 0)
    #expect(throws: TokenFileError.notAFile(path: fifo)) { try TokenFile(path: fifo).read() }
    #expect(try TokenFile(path: path + ".none").read() == nil)
  }

  // MARK: - What a running server sees of it

  @Test func changesAreSeenAndDamageChangesNothing() async throws {
    let watch = TokenWatch(tokens.file, isAsking: false, logger: .silent)
    let first = try watch.start()
    let list = try tokens.file.read()
    #expect(first.isAsking && first.list == list)
    try tokens.revoke(tokens.reader)
    let id = tokens.reader.token.id
    #expect(try await eventually { await watch.current().list.token(id: id)?.revoked != nil })

    let whole = await watch.current().list
    let moved = path + ".moved"
    let damaged = path + ".damaged"
    try Data("{\n".utf8).write(to: URL(fileURLWithPath: damaged))
    try #require(chmod(damaged, 0o600) == 0 && rename(path, moved) == 0)
    try #require(rename(damaged, path) == 0)
    let look = ContinuousClock.now
    #expect(try await eventually { .now - look > TokenWatch.period * 2 })
    #expect(await watch.current().list == whole)

    try #require(unlink(path) == 0)
    #expect(try await eventually { await watch.current().list.tokens.isEmpty })
    #expect(await watch.current().isAsking, "without its file a server must not open")
    try #require(rename(moved, path) == 0)
    #expect(try await eventually { await watch.current().list == whole })
  }

  @Test func nobodyIsAskedBeforeThereIsAToken() async throws {
    let file = TokenFile(path: path + ".new")
    let watch = TokenWatch(file, isAsking: false, logger: .silent)
    #expect(try !watch.start().isAsking)
    let token = try TestTokens.make(in: file, reads: true).token
    _ = try file.edit(besides: nil) { $0.revoke(id: token.id, at: testNow) }
    #expect(try await eventually { await watch.current().isAsking }, "also when it is revoked")
    #expect(try TokenWatch(nil, isAsking: true, logger: .silent).start().isAsking)
  }
}
