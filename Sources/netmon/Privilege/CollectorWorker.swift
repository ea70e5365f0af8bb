import Arguments
import Glibc
import Logging
import NetmonCollector
import NetmonKernel
import NetmonStore
import ServiceLifecycle

/// The collector of `serve --collect`: a process of its own, so that what talks to the network has none
/// of its privilege.
struct CollectorWorker: Sendable {
  let collecting: CollectorOptions
  let retention: RetentionPolicy
  let privileges: PrivilegeOptions
  let database: String
  let logger: Logger
  let invocation: Invocation

  /// Collects until told to stop, and tells how it goes. Ends the process if it fails: the server says
  /// why.
  func run(_ report: WorkerReport) async throws {
    StopSignals.hold()
    do {
      try await collect(report)
    } catch {
      let failure = CommandError(error)
      report.tell(
        CollectorReport.failed(message: failure.reason, code: failure.code.rawValue).text)
      exit(failure.code.rawValue)
    }
  }

  private func collect(_ report: WorkerReport) async throws {
    let opened = try privileges.open(collecting.configuration, database: database)
    report.endWithKeeper()
    try await DefaultDatabase.keeping(
      Path(database), host: collecting.hostName, invocation
    ) { store in
      let collector = try collecting.collector(
        store: store, opened: opened, logger: logger, invocation: invocation)
      let announcement = Announcement {
        report.tell(
          CollectorReport.collecting(
            tierLine: collector.tierLine(opened),
            leftovers: collector.leftovers.joined(separator: ", ")
          ).text)
      }
      // The server looks after age and size as well, but what makes a disk full is mostly written here.
      let retention = Retention(
        store: store, policy: retention, logger: logger, now: invocation.now)
      try await ServiceGroup.run(
        [announcement, StoreGuard(store), retention, collector], logger: logger)
    }
  }
}
