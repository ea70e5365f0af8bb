internal import Foundation
internal import Glibc
internal import Logging
public import NetmonCollector
public import NetmonCore
internal import NetmonKernel
public import NetmonStore

/// Runs a real collector into a database of its own, provokes successes and failures of every class
/// that can be had here, and compares what was recorded with what happened.
///
/// Nothing is sent to another machine: it all happens on loopback, or in a network namespace that is
/// made for it. It takes less than ten seconds.
public struct SelfTest: Sendable {
  /// How the collector looked, on which depends what it can see.
  public let tier: Tier
  /// One for each class, those that were skipped included.
  public let verdicts: [Verdict]
  /// What the collector lost meanwhile, as when other programs made more events than it could take;
  /// what is missing then is no mistake of the rules.
  public let gaps: [Gap]

  /// Between two looks at all sockets, in milliseconds.
  private static let interval: Int32 = 200
  /// How long to wait for records once all has been done.
  private static let patience = Duration.seconds(5)

  /// Runs it to its end. `path` is that of this process's executable, `now` the wall clock.
  ///
  /// - Throws: ``CollectorError``, `StoreError` or `ProcError` if no collector can run here, and
  ///   `KernelError` if there is no place for temporary files.
  public init(path: String, now: @escaping @Sendable () -> Timestamp) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("netmon-selftest-\(UUID().uuidString)")
    guard mkdir(directory.path, 0o700) == 0 else {
      throw KernelError.system(.mkdir, subject: directory.path, errno: errno)
    }
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try Store(path: directory.appendingPathComponent("netmon.db").path)
    let fs = try ProcFS()
    let (changes, changed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let collector = try Collector(
      configuration: .init(host: "selftest", interval: .milliseconds(Self.interval)), store: store,
      fs: fs,
      logger: Logger(label: "selftest") { _ in SwiftLogNoOpLogHandler() }, now: now,
      report: { _ in changed.yield() })
    tier = collector.tier
    let collecting = Task { try await collector.run() }
    let own = try fs.ownIdentity().pid
    var scene = Scene(
      process: own, path: path, networkNamespace: try? fs.networkNamespace(of: own),
      laboratoryPort: .random(in: 1024...60_000))
    if tier != .kernel { scene.pollingTime = 2 * Self.interval }
    let examination = Examination(store: store, tier: tier)
    let results = await Provocations(scene: scene).perform(examination.possible)
    let deadline = Task {
      try? await ContinuousClock().sleep(for: Self.patience)
      changed.finish()
    }
    changed.yield()
    verdicts = try await examination.verdicts(on: results, after: changes)
    gaps = try store.gaps()
    deadline.cancel()
    collecting.cancel()
    _ = await collecting.result
  }

  /// Whether all that could be told is as it must be.
  public var hasPassed: Bool { verdicts.allSatisfy { $0.outcome != .fail } }
}
