import NetmonCollector
import NetmonCore
import NetmonKernel
import NetmonStore

extension PrivilegeOptions {
  /// What a collector has when it can begin: from here on this process can do no more than that.
  struct Opened: Sendable {
    var kernel: KernelAccess
    /// The capabilities to know other users' processes that this process does not have.
    var missing: CapabilitySet
  }

  /// Opens what takes privilege to collect, then gives it up. There must be but one thread.
  func open(
    _ configuration: Collector.Configuration, database path: String
  ) throws -> Opened {
    let privileges = try Privileges.current()
    let place = Self.place(ofDatabase: path)
    var confinement = try Confinement(of: privileges, user: user, needed: .tracing)
    if let account = confinement.account { try place.give(to: account) }
    let kernel = configuration.openKernel(
      try ProcFS(), givingUp: privileges, stays: confinement.account == nil)
    let traces = kernel.wishesEvents && kernel.failure == nil
    confinement.kept.formIntersection(traces ? .tracing : .polling)
    try give(up: privileges, to: confinement, place)
    return Opened(kernel: kernel, missing: .polling.subtracting(confinement.kept))
  }

  /// Gives up all privilege but that to listen on a port below 1024, if that is the one. There must be
  /// but one thread.
  func drop(toServeOn port: UInt16, database path: String) throws {
    let privileges = try Privileges.current()
    let place = Self.place(ofDatabase: path)
    let confinement = try Confinement(
      of: privileges, user: user, needed: (1..<1024).contains(port) ? .CAP_NET_BIND_SERVICE : [])
    if let account = confinement.account { try place.give(to: account) }
    try give(up: privileges, to: confinement, place)
  }

  /// Beside the database may be the tokens of the server: its name with another extension.
  private static func place(ofDatabase path: String) -> DatabasePlace {
    let name = path[(path.lastIndex(of: "/") ?? path.startIndex)...]
    let stem = name.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
    return DatabasePlace(files: Store.files(at: path), others: [stem + ".tokens"])
  }

  private func give(
    up privileges: Privileges, to confinement: Confinement, _ place: DatabasePlace
  ) throws {
    var confinement = confinement
    if privileges.uid == 0, confinement.account == nil, place.isClosedToRoot {
      // As SQLite keeps the files beside a database with the owner of that.
      confinement.kept.formUnion(
        privileges.permitted.intersection([.CAP_DAC_OVERRIDE, .CAP_CHOWN]))
    }
    try confinement.apply()
    if confinement.account != nil { try place.checkWritable() }
  }
}
