import NetmonCore
import NetmonStore

/// One kind of question to a store: how long it may take, how it is asked inside the program and
/// over HTTP. `round` varies what is asked for.
struct StoreQuestion: Sendable {
  typealias Ask = @Sendable (_ store: Store, _ round: Int, _ now: Timestamp) throws -> Void

  var name: String
  /// In milliseconds.
  var aim: Double
  var aimOverHTTP: Double?
  var ask: Ask
  var target: @Sendable (_ round: Int) -> String

  /// A page of connections.
  private init(
    _ name: String, aim: Double, http: Double?, filter: @escaping @Sendable (Int) -> String
  ) {
    self.name = name
    self.aim = aim
    aimOverHTTP = http
    ask = { store, round, now in
      _ = try store.connections(ConnectionQuery(filter: try Filter(filter(round), now: now)))
    }
    target = { "/api/connections?q=\(Self.encoded(filter($0)))" }
  }

  private init(
    _ name: String, aim: Double, http: Double? = nil, target: String, ask: @escaping Ask
  ) {
    self.name = name
    self.aim = aim
    aimOverHTTP = http
    self.ask = ask
    self.target = { _ in target }
  }

  static let all: [StoreQuestion] = [
    StoreQuestion("latest", aim: 5, http: 20) { _ in "" },
    StoreQuestion("by error", aim: 5, http: 20) {
      $0 % 2 == 0 ? "error:ECONNREFUSED" : "error:any"
    },
    StoreQuestion("by pid", aim: 5, http: 20) {
      "pid:\(StoreWorkload.pid($0 * 7 % 10, of: $0 * 31 % 200))"
    },
    StoreQuestion("by host", aim: 5, http: 20) { "host:web-\($0 * 31 % 200).example" },
    nextPage,
    StoreQuestion("by error and host", aim: 20, http: 20) {
      "error:any host:web-\($0 * 31 % 200).example"
    },
    StoreQuestion("by name", aim: 20, http: 20) { "process:service-\($0 % 50)" },
    StoreQuestion("names by pattern", aim: 20, http: 20) { "process:service-\($0 % 4 + 1)*" },
    StoreQuestion("a word in names, 24 h", aim: 100, http: 100) { "vice-\($0 % 50) since:24h" },
    StoreQuestion("a word nowhere, 24 h", aim: 100, http: 100) { "nowhere\($0) since:24h" },
    StoreQuestion("an address, 24 h", aim: 100, http: 100) {
      "remote:\(StoreWorkload.address($0 * 997 % 50_000)) since:24h"
    },
    StoreQuestion("a /24, 24 h", aim: 100, http: 100) {
      "remote:23.\($0 * 7 % 190).17.0/24 since:24h"
    },
    StoreQuestion("a /16, 24 h", aim: 100, http: 100) {
      "remote:23.\($0 * 7 % 190).0.0/16 since:24h"
    },
    StoreQuestion(
      "errors of 24 h, with timeline", aim: 50, http: 50, target: "/api/errors?q=since:24h"
    ) { store, _, now in
      _ = try store.errorSummary(
        ErrorQuery(filter: try Filter("since:24h", now: now), now: now))
    },
    StoreQuestion(
      "errors of 24 h by error and host", aim: 50, http: 50,
      target: "/api/errors?q=since:24h&by=error,host"
    ) { store, _, now in
      _ = try store.errorSummary(
        ErrorQuery(filter: try Filter("since:24h", now: now), by: [.error, .host], now: now))
    },
    StoreQuestion("processes", aim: 50, http: 50, target: "/api/processes") { store, _, _ in
      _ = try store.processes()
    },
    StoreQuestion("hosts", aim: 50, http: 50, target: "/api/hosts") { store, _, _ in
      _ = try store.hosts()
    },
    StoreQuestion("statistics", aim: 50, http: 50, target: "/api/stats") { store, _, _ in
      _ = try store.statistics()
    },
  ]

  /// A page far down.
  private static let nextPage: StoreQuestion = {
    @Sendable func cursor(_ round: Int) -> ConnectionQuery.Cursor? {
      // A row's place is its time in microseconds since 2015, times eight.
      let age = 86_400_000_000 + Int64(round) * 1_000_000_007
      let place = (Timestamp.now.microseconds - 1_420_070_400_000_000 - age) * 8
      return ConnectionQuery.Cursor(
        "n\(String(place, radix: 36))-\(String(place, radix: 36))")
    }
    var question = StoreQuestion("next page", aim: 5, http: 20) { _ in "" }
    question.ask = { store, round, _ in
      _ = try store.connections(ConnectionQuery(cursor: cursor(round)))
    }
    question.target = { "/api/connections?cursor=\(cursor($0)?.description ?? "")" }
    return question
  }()

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        return String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16)
        return "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }.joined()
  }
}
