import Foundation
import Testing

@testable import NetmonKernel

/// What root gives away before it becomes another user, and what it must not.
@Suite(.enabled(if: geteuid() == 0, "needs root"))
struct DatabasePlaceTests {
  private let directory: String
  private let account = Account(name: "somebody", uid: 65432, gid: 65432)

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "netmon-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    directory = url.path()
  }

  private func make(
    _ name: String, uid: uid_t = 0, content: String = "SQLite format 3\0 and so on"
  ) throws {
    let path = "\(directory)/\(name)"
    try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    try #require(lchown(path, uid, 0) == 0)
  }

  private func makeDirectory(_ name: String, uid: uid_t = 0, mode: mode_t = 0o755) throws {
    let path = "\(directory)/\(name)"
    try #require(mkdir(path, mode) == 0 && chmod(path, mode) == 0 && chown(path, uid, 0) == 0)
  }

  private func owner(_ name: String) -> uid_t? {
    var status = stat()
    return lstat("\(directory)/\(name)", &status) == 0 ? status.st_uid : nil
  }

  private func give(_ path: String = "state/netmon.db") throws {
    let database = "\(directory)/\(path)"
    try DatabasePlace(
      files: ["", "-wal", "-shm"].map { database + $0 },
      others: [database.replacing(".db", with: ".tokens")]
    ).give(to: account)
  }

  @Test func aMissingDirectoryIsMadeForTheUserAlone() throws {
    try give("a/b/netmon.db")
    #expect(owner("a") == 0)
    #expect(owner("a/b") == account.uid)
  }

  @Test func aDirectoryOfItsOwnIsGivenWithTheFiles() throws {
    try makeDirectory("state")
    for name in ["netmon.db", "netmon.db-wal", "netmon.db.corrupt-1", "netmon.tokens"] {
      try make("state/\(name)")
    }
    try give()
    #expect(owner("state") == account.uid)
    #expect(owner("state/netmon.db") == account.uid)
    #expect(owner("state/netmon.db-wal") == account.uid)
    #expect(owner("state/netmon.tokens") == account.uid)
    #expect(owner("state/netmon.db.corrupt-1") == 0, "which was not named")
  }

  @Test func aDirectoryWithOtherThingsStays() throws {
    try makeDirectory("state")
    try make("state/netmon.db")
    try make("state/passwd")
    try give()
    #expect(owner("state") == 0)
    #expect(owner("state/passwd") == 0)
    #expect(owner("state/netmon.db") == account.uid)
  }

  @Test(arguments: ["state/", "state/.", "state/.."])
  func aDirectoryInThePlaceOfTheDatabaseStays(path: String) throws {
    try makeDirectory("state")
    try make("state/passwd")
    try give(path)
    for name in [".", "state", "state/passwd"] { #expect(owner(name) == 0) }
  }

  @Test func whatIsNoDatabaseStays() throws {
    try makeDirectory("state")
    try make("state/app.conf", content: "mode = 1")
    try give("state/app.conf")
    #expect(owner("state") == 0)
    #expect(owner("state/app.conf") == 0)
  }

  @Test func anEmptyFileMayBecomeADatabase() throws {
    try makeDirectory("state")
    try make("state/netmon.db", content: "")
    try give()
    #expect(owner("state/netmon.db") == account.uid)
  }

  @Test func aHiddenDatabaseMakesNothingElseItsOwn() throws {
    try makeDirectory("state")
    try make("state/.netmon")
    try make("state/passwd")
    try give("state/.netmon")
    #expect(owner("state") == 0)
    #expect(owner("state/.netmon") == account.uid)
  }

  @Test func aFileWithASecondNameStays() throws {
    try makeDirectory("state", uid: account.uid)
    try make("shadow")
    try #require(link("\(directory)/shadow", "\(directory)/state/netmon.db") == 0)
    try give()
    #expect(owner("shadow") == 0)
  }

  @Test func aLinkInThePlaceOfAFileIsNotFollowed() throws {
    try makeDirectory("state", uid: account.uid)
    try make("shadow")
    try #require(symlink("\(directory)/shadow", "\(directory)/state/netmon.db") == 0)
    try give()
    #expect(owner("shadow") == 0)
    #expect(owner("state/netmon.db") == 0)
  }

  @Test func aThirdUsersDirectoryIsLeftAlone() throws {
    try makeDirectory("state", uid: 65431)
    try make("state/netmon.db")
    try give()
    #expect(owner("state") == 65431)
    #expect(owner("state/netmon.db") == 0)
  }

  @Test func aDirectoryThatEverybodyMayRenameInIsLeftAlone() throws {
    try makeDirectory("state", mode: 0o777)
    try make("state/netmon.db")
    try give()
    #expect(owner("state/netmon.db") == 0)
  }

  @Test func rootsLinksAreFollowedAndOthersRefused() throws {
    try makeDirectory("state")
    try makeDirectory("trusted")
    try makeDirectory("theirs", uid: 65431)
    for place in ["trusted", "theirs"] {
      try #require(symlink("../state", "\(directory)/\(place)/link") == 0)
    }
    let path = "\(directory)/theirs/link"
    #expect(throws: PrivilegeError.untrustedLink(path: path)) {
      try give("theirs/link/netmon.db")
    }
    #expect(owner("state") == 0)
    try give("trusted/link/netmon.db")
    #expect(owner("state") == account.uid)
  }

  @Test func aLoopOfLinksEnds() throws {
    try #require(symlink("loop", "\(directory)/loop") == 0)
    #expect(throws: PrivilegeError.self) { try give("loop/netmon.db") }
  }

  @Test func whatIsSomebodyElsesIsClosedToRoot() throws {
    try makeDirectory("state")
    let place = DatabasePlace(files: ["\(directory)/state/netmon.db"])
    #expect(!place.isClosedToRoot)
    #expect(!DatabasePlace(files: ["\(directory)/state/a/b/netmon.db"]).isClosedToRoot)
    try make("state/netmon.db", uid: 65431)
    #expect(place.isClosedToRoot)
    try makeDirectory("theirs", uid: 65431)
    try makeDirectory("unwritable", mode: 0o555)
    #expect(DatabasePlace(files: ["\(directory)/unwritable/netmon.db"]).isClosedToRoot)
    #expect(DatabasePlace(files: ["\(directory)/theirs/a/netmon.db"]).isClosedToRoot)
  }
}
