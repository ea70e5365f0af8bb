import Foundation
import NetmonCore
import NetmonStore

/// What agents hold against what their server holds: every record exactly once, in its newest
/// revision.
struct Comparison {
  private(set) var records = 0
  private(set) var missing: [Origin] = []
  private(set) var twice: [Origin] = []
  private(set) var different: [Origin] = []
  private(set) var surplus: [Origin] = []
  /// What was committed according to a ledger, and is not in the agent's own database.
  private(set) var forgotten: [Origin] = []
  /// The same where the server has it.
  private(set) var outlived: [Origin] = []

  /// A database of an agent, and the ledger of what was fed into it.
  struct Agent {
    var database: String
    var ledger: String?
  }

  /// What is compared of a record: the JSON by which it is delivered, without the row id, which is
  /// each store's own.
  private struct Digest: Hashable {
    var revision: Int64
    var hash: Int

    init(_ connection: Connection) {
      var connection = connection
      connection.id = nil
      revision = connection.revision
      hash = connection.json.hashValue
    }
  }

  init(agents: [Agent], server: String) throws {
    var served: [Origin: Digest] = [:]
    try Store(path: server, access: .readOnly).forEachConnection(ConnectionQuery(limit: nil)) {
      guard let origin = $0.origin else { return true }
      if served.updateValue(Digest($0), forKey: origin) != nil { twice.append(origin) }
      return true
    }
    for agent in agents {
      let store = try Store(path: agent.database, access: .readOnly)
      var committed = try agent.ledger.map { try Ledger.read($0) } ?? [:]
      try store.forEachConnection(ConnectionQuery(limit: nil)) { connection in
        guard let origin = connection.origin, origin.agent == store.id else { return true }
        records += 1
        if let revision = committed[origin.number], revision <= connection.revision {
          committed[origin.number] = nil
        }
        let found = served.removeValue(forKey: origin)
        if found == nil {
          missing.append(origin)
        } else if found != Digest(connection) {
          different.append(origin)
        }
        return true
      }
      for (number, revision) in committed {
        let origin = Origin(agent: store.id, number: number)
        if let found = served[origin], found.revision >= revision {
          served[origin] = nil
          outlived.append(origin)
        } else {
          forgotten.append(origin)
        }
      }
    }
    surplus = Array(served.keys)
  }

  var holds: Bool {
    [missing, twice, different, surplus, forgotten, outlived].allSatisfy(\.isEmpty)
  }

  var text: String {
    func line(_ name: String, _ origins: [Origin]) -> String {
      let examples = origins.prefix(3).map(\.description).joined(separator: ", ")
      return origins.isEmpty ? "\(name) 0" : "\(name) \(origins.count) (\(examples))"
    }
    let lines = [
      line("missing", missing), line("twice", twice), line("different", different),
      line("surplus", surplus), line("committed and forgotten", forgotten),
      line("on the server only", outlived),
    ]
    return "\(records) records; " + lines.joined(separator: ", ")
  }

  /// - Throws: ``FaultError/broken(_:)`` unless every record is there exactly once.
  func check(_ context: String) throws {
    guard holds else { throw FaultError.broken("\(context): \(text)") }
  }

  /// The same where disks were full: what an agent has removed its server has, but for so many
  /// `undelivered` ones; and the server has `removed` so many at most.
  func check(_ context: String, undelivered: Int, removed: Int) throws {
    let holds =
      twice.isEmpty && different.isEmpty && missing.count <= removed
      && forgotten.count <= undelivered + removed
    guard holds else {
      throw FaultError.broken("\(context), gaps of \(undelivered) and \(removed): \(text)")
    }
  }
}
