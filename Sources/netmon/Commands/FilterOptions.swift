import Arguments
import NetmonCore

/// The filter of `query`, `errors` and `proc`: operands in the filter language, and options that
/// are shorthand for its terms.
struct FilterOptions: Sendable {
  var operands: [String] = []
  var error: String?
  var pid: String?
  var process: String?
  var remote: String?
  var host: String?
  var state: String?
  var transport: String?
  var since: String?
  var until: String?

  /// Options and operands for all of it.
  static func declarations<Root>(_ part: Property<Root, FilterOptions>) -> Group<Root> {
    Group(part) {
      Operand(
        "FILTER", \.operands,
        completion: .terms(
          Filter.keys.flatMap { key in ([""] + key.values).map { "\(key.name):\($0)" } }),
        alsoDashed: { Filter.isKey($0) },
        help: "terms of the filter language, such as error:any or -process:curl")
      Group("Shorthand for filter terms") {
        Option(
          "error", \.error, "NAME",
          completion: .list(["any", "none"] + ConnectionError.common.map(\.name)),
          help: "with this error; any, none, or names joined by commas")
        Option("pid", \.pid, "NUMBER", help: "of this process")
        Option(
          "process", \.process, "NAME", help: "of processes of this name; * stands for any text")
        Option(
          "remote", \.remote, "CIDR[:PORT]", help: "with this remote address, block or :PORT")
        Option("host", \.host, "NAME", help: "recorded on this host")
        Option(
          "state", \.state, "STATE", completion: .list(TCPState.allCases.map(\.name)),
          help: "in this state")
        Option(
          "protocol", \.transport, "NAME", completion: .list(["tcp", "udp"]),
          help: "of this protocol, tcp or udp")
      }
      times(\.self)
    }
  }

  /// The options for a span of time alone.
  static func times<Root>(_ part: Property<Root, FilterOptions>) -> Group<Root> {
    Group(part) {
      Group("Shorthand for filter terms") {
        Option(
          "since", \.since, "TIME",
          help: "not before this: 1h (an hour back from now), 2026-11-22T10:00Z")
        Option("until", \.until, "TIME", help: "before this")
      }
    }
  }

  /// The filter they make.
  func filter(now: Timestamp, command: String) throws(CommandError) -> Filter {
    var filter: Filter
    do {
      filter = try Filter(arguments: operands, now: now)
    } catch {
      throw CommandError(usage: "\(error) (\(error.place))", of: command)
    }
    let options = [
      ("error", error), ("pid", pid), ("process", process), ("remote", remote), ("host", host),
      ("state", state), ("protocol", transport), ("since", since), ("until", until),
    ]
    for case (let key, let value?) in options {
      do {
        filter.terms += try Filter(key: key, value: value, now: now).terms
      } catch {
        throw CommandError(usage: "--\(key): \(error) (\(error.place))", of: command)
      }
    }
    return filter
  }
}

extension ConnectionError {
  /// Those worth offering for completion.
  static let common: [ConnectionError] = [
    .ECONNREFUSED, .ECONNABORTED, .ECONNRESET, .ECONNTIMEOUT, .EHOSTUNREACH, .ENETUNREACH,
    .EADDRNOTAVAIL, .EACCES, .EPERM, .EPIPE,
  ]
}
