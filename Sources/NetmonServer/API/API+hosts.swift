import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  func hosts(_ request: RoutedRequest) async throws -> Response {
    try await answer(request, to: request.target) { store in
      let hosts = try store.hosts()
      return Answer { $0.array(hosts) { $1.write(to: &$0) } }
    }
  }

  /// Takes in what collectors say of their hosts: all of it, or nothing if anything is wrong.
  func ingestHosts(_ routed: RoutedRequest) async throws -> Response {
    try await ingestHosts(routed, in: try admission.admit())
  }

  private func ingestHosts(
    _ routed: RoutedRequest, in room: Admission.Room
  ) async throws -> Response {
    let body = try await routed.collectJSON(limits, in: room)
    let now = now()
    return try await store { store in
      let posted = try PostedList(body, of: "report") { HostReport(&$0) }
      try routed.caller.check(
        posted.elements.lazy.map(\.host), isSingle: posted.isSingle, of: "report")
      try store.record(posted.elements, at: now)
      return Response(accepted: posted.elements.count, by: store)
    }
  }
}

extension HostReport {
  fileprivate init(_ object: inout PostedObject) {
    self.init(
      host: object.requiredText("host"), tier: object.text("tier"), seen: object.time("seen"),
      lagSeconds: object.amount("lag_s"),
      lost: object.integer("lost", in: 0...Int64(Gap.largestCount)).map { Int($0) } ?? 0)
    if host.isEmpty { object.note("host", "is empty") }
  }
}
