import Arguments
import Foundation
import NetmonCore
import NetmonStore

/// Where the database is when nobody says.
enum DefaultDatabase {
  static let system = "/var/lib/netmon/netmon.db"
  static let forHelp = "\(system) for root, else ~/.local/state/netmon/netmon.db"

  /// The file to write: the system's for root, the user's own otherwise (XDG Base Directory).
  static func path(_ environment: [String: String]) -> String {
    if geteuid() == 0 { return system }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/netmon/netmon.db"
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    return home + "/.local/state/netmon/netmon.db"
  }

  /// Opens the file for writing, or the default one.
  static func open(_ path: Path?, _ environment: [String: String]) throws -> Store {
    try Store(path: path?.string ?? Self.path(environment))
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
