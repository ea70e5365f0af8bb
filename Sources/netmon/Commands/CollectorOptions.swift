import Arguments
import Glibc
import Logging
import NetmonCollector
import NetmonCore
import NetmonKernel
import NetmonStore

/// How to collect: what `collect` and `serve --collect` have in common.
struct CollectorOptions: Sendable {
  var source = Source.auto
  var interval = Duration.seconds(1)
  var host: String?
  var tracesSyscalls = false
  var includesSelf = false
  var includesCommand = false

  /// The ways of looking at the kernel, best first.
  enum Source: String, CaseIterable, ArgumentValue {
    case auto, kernel, diag, proc

    static var placeholder: String { "SOURCE" }
    static var expectation: String { "a source" }

    /// Nil is the best that works.
    var tier: Tier? { Tier(rawValue: rawValue) }

    /// The best that works for a single look: sock_diag tells bytes and times, `/proc` does not.
    static var ofOneLook: Source {
      guard let fs = try? ProcFS(), DiagSocketTables(fs).lastFailure == nil else { return .proc }
      return .diag
    }
  }

  static func declarations<Root>(_ part: Property<Root, CollectorOptions>) -> Group<Root> {
    Group(part) {
      Group("Collecting") {
        Option("source", \.source, help: "how to look: auto takes the best that works here")
        Option(
          "interval", \.interval, in: .milliseconds(100)...(.seconds(3600)),
          help: """
            how often to look at the sockets and store what changed; in the kernel tier, whose events \
            tell of TCP at once, its sockets are looked at as needed
            """)
        Flag(
          "trace-syscalls", \.tracesSyscalls,
          help: """
            follow connect(2) itself in the kernel tier: the exact result also where it fails before \
            any socket event, for about 41 ns on every system call of the machine
            """)
        Option("host-name", \.host, "NAME", help: "this host in records; by default its own name")
        Flag("include-self", \.includesSelf, help: "record netmon's own connections too")
        Flag(
          "include-command", \.includesCommand,
          help: "record command lines, which may hold secrets")
      }
      Check {
        $0.tracesSyscalls && ![.auto, .kernel].contains($0.source)
          ? "--trace-syscalls needs the kernel tier: leave --source out" : nil
      }
      Check { $0.host == "" ? "--host-name must not be empty" : nil }
    }
  }

  /// This host in records.
  var hostName: String { host ?? HostIdentity.hostName }

  var configuration: Collector.Configuration {
    .init(
      host: hostName, tier: source.tier, interval: interval, tracesSyscalls: tracesSyscalls,
      excludedPath: includesSelf ? nil : HostIdentity.executablePath)
  }

  func collector(
    store: Store, opened: PrivilegeOptions.Opened, logger: Logger, invocation: Invocation,
    report: @escaping @Sendable ([Connection]) -> Void = { _ in }
  ) throws -> Collector {
    ProcessMemory.keepFree()
    return try Collector(
      configuration: configuration, store: store, fs: try ProcFS(), kernel: opened.kernel,
      includeCommand: includesCommand, logger: logger, now: invocation.now, report: report)
  }
}

extension Collector {
  /// What the first line of output says of the capture: what it can see, and why not more.
  nonisolated func tierLine(_ opened: PrivilegeOptions.Opened) -> String {
    var line = "\(tier.rawValue) tier: \(tier.meaning)"
    if let shortfall {
      line += " (\(tier == .kernel ? "without" : "no kernel tier:") \(shortfall))"
    }
    guard !opened.missing.isEmpty else { return line }
    return "\(line); processes of other users stay unknown without "
      + opened.missing.names.joined(separator: " and ")
  }

  /// Says that the remains of killed netmons were removed, if there were any.
  nonisolated func reportLeftovers(on console: Console) {
    guard !leftovers.isEmpty else { return }
    console.say(
      "removed from tracefs what killed netmons left: \(leftovers.joined(separator: ", "))")
  }
}
