internal import Glibc
internal import NetmonCollector
internal import NetmonCore
internal import NetmonKernel
internal import NetmonStore

/// Which classes are provoked, and what is made of the records.
struct Examination: Sendable {
  let store: Store
  let tier: Tier

  private static let all =
    Provocation.successes + Provocation.failures + Provocation.laboratory

  /// Those that this tier claims to see.
  var possible: [Provocation] { Self.all.filter { tier == .kernel || $0.lasts } }

  /// The verdicts, as soon as none is unfavourable, or else once there are no more changes.
  func verdicts(
    on results: [String: Provocations.Result], after changes: AsyncStream<Void>
  ) async throws -> [Verdict] {
    var verdicts: [Verdict] = []
    for await _ in changes {
      verdicts = try self.verdicts(on: results)
      if verdicts.allSatisfy({ $0.outcome != .fail }) { break }
    }
    return verdicts
  }

  private func verdicts(on results: [String: Provocations.Result]) throws -> [Verdict] {
    var records: [Connection] = []
    try store.forEachConnection(ConnectionQuery(limit: nil)) { record in
      records.append(record)
      return true
    }
    return Self.all.map { provocation in
      switch results[provocation.name] {
      case .success(let traces): Verdict(provocation.name, traces, records)
      case .failure(let obstacle):
        Verdict(
          provocation.name, obstacle.isOfThisMachine ? .skipped : .fail, reason: "\(obstacle)")
      case nil:
        Verdict(
          provocation.name, .skipped, reason: "the \(tier.rawValue) tier does not claim to see it")
      }
    }
  }
}

extension Provocation.Obstacle {
  /// Whether something is missing or forbidden on this machine, rather than wrong.
  fileprivate var isOfThisMachine: Bool {
    switch self {
    case .missing: true
    case .surprise: false
    case .kernel(let error):
      [EAFNOSUPPORT, EADDRNOTAVAIL, EPERM, EACCES, ENOSYS, EOPNOTSUPP].contains(error.errno ?? 0)
    }
  }
}
