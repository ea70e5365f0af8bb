internal import NetmonCore
internal import NetmonKernel

/// One look at all sockets, as a collector takes it.
struct Look {
  private(set) var sockets = 0
  private(set) var namespaces = 0
  /// Processes that the kernel does not let this one look into (ptrace(2), access mode checking).
  private(set) var denied = 0
  /// Sockets without a process that can be seen.
  private(set) var unowned = 0
  private(set) var processes = 0
  private(set) var failure: ProcError?

  init(_ fs: ProcFS, now: Timestamp) {
    var scanner = SocketScanner(fs, tables: DiagSocketTables(fs, figures: false))
    do throws(ProcError) {
      let ids = try fs.processIDs()
      processes = ids.count
      denied = ids.count { Self.isDenied($0, in: fs) }
      let snapshot = try scanner.scan(now: now)
      sockets = snapshot.sockets.count
      namespaces = snapshot.completeNamespaces.count
      unowned = scanner.statistics.unowned
    } catch {
      failure = error
    }
  }

  private static func isDenied(_ process: Int32, in fs: ProcFS) -> Bool {
    do throws(ProcError) {
      _ = try fs.networkNamespace(of: process)
      return false
    } catch {
      return error.isDenied
    }
  }
}
