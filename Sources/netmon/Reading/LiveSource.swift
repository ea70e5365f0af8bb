import NetmonCore
import NetmonKernel
import NetmonStore

/// This machine's sockets as the kernel lists them now.
struct LiveSource: Sendable {
  var includesSelf: Bool
  /// Is told how many of netmon's own sockets match and are left out, if any.
  var onOmission: @Sendable (Int) -> Void = { _ in }

  /// The sockets that match, by process and address unless sorted otherwise. All that there are are
  /// numbered from 1, as they are in no store, and have no origin.
  func connections(_ query: ConnectionQuery, now: Timestamp) throws -> [Connection] {
    let proc = try ProcFS()
    var scanner = SocketScanner(proc, tables: DiagSocketTables(proc))
    let services = ServiceNames()
    var tracker = ConnectionTracker(
      .init(
        host: HostIdentity.hostName, agent: "live",
        excludedPath: includesSelf ? nil : HostIdentity.executablePath,
        serviceName: { services[$0, $1] }))
    tracker.observe(try scanner.scan(now: now))
    let found = tracker.drain()
    // Records are large: sorting their indices moves less.
    var all = found.indices.sorted { Self.precedes(found[$0], found[$1]) }.map { found[$0] }
    for index in all.indices {
      all[index].id = Int64(index + 1)
      all[index].origin = nil
    }
    all.removeAll { !query.filter.matches($0) }
    if let sort = query.sort { all.sort(by: sort) }
    let omitted = tracker.excluded.count { query.filter.matches($0) }
    if omitted > 0 { onOmission(omitted) }
    return Array(all.dropFirst(query.offset).prefix(query.limit ?? .max))
  }

  private static func precedes(_ a: Connection, _ b: Connection) -> Bool {
    let (first, second) = (a.process, b.process)
    if first.name != second.name { return first.name < second.name }
    if first.identity.pid != second.identity.pid { return first.identity.pid < second.identity.pid }
    if a.local.address != b.local.address { return a.local.address < b.local.address }
    if a.local.port != b.local.port { return a.local.port < b.local.port }
    if a.remote.address != b.remote.address { return a.remote.address < b.remote.address }
    return a.remote.port < b.remote.port
  }
}

extension [Connection] {
  /// Sorts by one field, unknown values first; equal ones keep their order.
  fileprivate mutating func sort(by sort: ConnectionQuery.Sort) {
    let sorted = enumerated().sorted { a, b in
      let (first, second) = (a.element[sort.field], b.element[sort.field])
      if first == second { return a.offset < b.offset }
      return Self.isLess(first, second) != sort.descending
    }
    self = sorted.map(\.element)
  }

  private static func isLess(_ a: Connection.FieldValue?, _ b: Connection.FieldValue?) -> Bool {
    switch (a, b) {
    case (nil, _): true
    case (_, nil): false
    case (.integer(let a), .integer(let b)): a < b
    case (.text(let a), .text(let b)): a < b
    case (.integer, .text): true
    case (.text, .integer): false
    }
  }
}
