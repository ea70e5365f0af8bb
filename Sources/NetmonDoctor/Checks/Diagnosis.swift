public import NetmonCollector
public import NetmonCore
internal import NetmonKernel

/// What can be captured on this machine, why not more, and what helps.
public struct Diagnosis: Hashable, Sendable {
  /// The tier that a collector would use; nil when none works.
  public var tier: Tier?
  public var checks: [Check]

  /// Looks at everything, for some tens of milliseconds, and leaves nothing behind: neither in the
  /// kernel nor in the database, which need not exist.
  ///
  /// `root` is where `/proc` is mounted, `database` the file that would be collected into.
  public init(root: String = "/proc", database: String, now: Timestamp) {
    let fs: ProcFS
    do {
      fs = try ProcFS(root: root)
    } catch {
      checks = [.unusableProc(error), .clock(now)]
      return
    }
    let capabilities = Capabilities.probed(fs)
    let look = Look(fs, now: now)
    tier = Self.tier(capabilities, look)
    checks =
      Self.kernelChecks(fs, capabilities)
      + [
        .capabilities, .proc(fs, look), .sockets(look), .owners(look), .openFiles, .clock(now),
      ]
      + DatabaseChecks(path: database, fs: fs, now: now).all
  }

  /// The best tier of those that work: what `Collector` would find.
  static func tier(_ capabilities: Capabilities, _ look: Look) -> Tier? {
    guard look.failure == nil else { return nil }
    if capabilities.obstacle == nil { return .kernel }
    return capabilities.works("sock_diag") ? .diag : .proc
  }

  private static func kernelChecks(_ fs: ProcFS, _ capabilities: Capabilities) -> [Check] {
    [
      .kernel(release: (try? fs.line(of: "sys/kernel/osrelease")) ?? ""),
      .lockdown,
    ] + capabilities.items.map(Check.init) + [
      .paranoia(
        level: (try? fs.line(of: "sys/kernel/perf_event_paranoid")).flatMap { Int($0) },
        isObstacle: capabilities.weakness != nil),
      .leftovers(capabilities.works("tracefs") ? capabilities.leftovers : nil),
    ]
  }
}
