import Arguments
import Foundation
import NetmonCore
import NetmonStore

/// Where the database is when nobody says.
enum DefaultDatabase {
  static let system = "/var/lib/netmon/netmon.db"
  static let forHelp = "\(system) for root, else ~/.local/state/netmon/netmon.db"
  static let forReadersHelp = "\(forHelp), and where that is missing the one of root"

  /// The file to write: the system's for root, the user's own otherwise (XDG Base Directory).
  static func path(_ environment: [String: String]) -> String {
    if geteuid() == 0 { return system }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/netmon/netmon.db"
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    return home + "/.local/state/netmon/netmon.db"
  }

  /// Runs `body` on that file, or the default one, opened for writing. When the file turns out to be
  /// damaged, or is deleted or replaced, `body` ends by an error and is run again on a new one.
  ///
  /// `host` is whose records are missing then.
  static func keeping(
    _ path: Path?, host: String, _ invocation: Invocation, _ body: (Store) async throws -> Void
  ) async throws {
    let path = path?.string ?? Self.path(invocation.environment)
    try refuseSpecialFile(path)
    let clock = ContinuousClock()
    var broken: Store?
    while true {
      let begin = clock.now
      let opened = try opening(path, instead: broken, host: host, invocation)
      broken = nil
      if let damage = opened.damage {
        let place = opened.setAside.map { "; it is kept as \(terminalSafe($0))" } ?? ""
        invocation.console.warn(
          "\(terminalSafe("\(damage)"))\(place); going on with a new database")
      }
      do {
        try await body(opened.store)
      } catch {
        guard opened.store.damage != nil else { throw error }
        broken = opened.store
        // Not in a rush, should the disk itself be at fault.
        if clock.now - begin < .seconds(10) { try await clock.sleep(for: .seconds(1)) }
        continue
      }
      return try opened.store.checkpoint()
    }
  }

  /// Opens it for writing, however long another process keeps it locked.
  private static func opening(
    _ path: String, instead broken: Store?, host: String, _ invocation: Invocation
  ) throws(StoreError) -> OpenedStore {
    var isWaiting = false
    while true {
      do throws(StoreError) {
        return try Store.opening(path, instead: broken, host: host, now: invocation.now())
      } catch {
        // It has waited for ten seconds already.
        guard case .busy = error else { throw error }
        if !isWaiting {
          invocation.console.warn(
            "another process keeps \(terminalSafe(path)) locked; waiting until it can be opened")
        }
        isWaiting = true
      }
    }
  }

  /// Refuses what is there and is no regular file: to open a FIFO would wait for ever.
  static func refuseSpecialFile(_ path: String) throws(CommandError) {
    guard let kind = SpecialFile(path: path)?.rawValue else { return }
    throw CommandError("\(path) is \(kind), not a database file")
  }

  /// The file to read: the one above, or the system's if a user has none.
  static func existing(_ environment: [String: String]) throws -> String {
    let own = path(environment)
    for path in [own, system] where access(path, F_OK) == 0 { return path }
    throw CommandError(
      "there is no database at \(terminalSafe(own)) yet: look at the kernel with --live, record "
        + "with 'netmon collect', or name a file with --db")
  }
}
