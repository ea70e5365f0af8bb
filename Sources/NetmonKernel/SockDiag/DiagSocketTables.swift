internal import CLinux
internal import Glibc
package import NetmonCore

/// Reads socket tables through sock_diag, which takes half the time of `/proc` and tells cookies,
/// figures and listeners' queues besides. Other namespaces than one's own take CAP_SYS_ADMIN, here or of a janitor; where
/// that is missing, and where sock_diag does not work at all, `/proc` is read instead.
package struct DiagSocketTables: SocketTableReader {
  private let proc: ProcFS
  private var text: ProcSocketTables
  /// Of our own namespace.
  private var own: SockDiag<NetlinkSocket>?
  private var ownNamespace: UInt64?
  private let figures: Bool
  /// Who opens what this process may not.
  private let janitor: Janitor?
  /// Why the last table that sock_diag did not give had to be read from `/proc`.
  package private(set) var lastFailure: KernelError?

  /// With `figures`, TCP sockets come with what the kernel counted. A janitor opens sock_diag in other
  /// namespaces for a process that has given up the privilege for it.
  package init(_ proc: ProcFS, figures: Bool = true, janitor: Janitor? = nil) {
    self.proc = proc
    self.figures = figures
    self.janitor = janitor
    text = ProcSocketTables(proc)
    do throws(KernelError) {
      own = SockDiag(try NetlinkSocket(family: NETLINK_SOCK_DIAG, isBlocking: true))
      ownNamespace = try? proc.networkNamespace(of: proc.ownIdentity().pid)
    } catch {
      lastFailure = error
    }
  }

  package mutating func read(
    _ table: NetSocketTable, of namespace: UInt64, through pid: Int32?,
    into sockets: inout [SocketEntry]
  ) throws(ProcError) -> Int {
    let count = sockets.count
    do throws(KernelError) {
      return try dump(table, of: namespace, through: pid, into: &sockets)
    } catch {
      lastFailure = error
      sockets.removeSubrange(count...)
      return try text.read(table, of: namespace, through: pid, into: &sockets)
    }
  }

  private mutating func dump(
    _ table: NetSocketTable, of namespace: UInt64, through pid: Int32?,
    into sockets: inout [SocketEntry]
  ) throws(KernelError) -> Int {
    guard let pid, namespace != ownNamespace else {
      let malformed = try own?.dump(
        table.transport, table.family, networkNamespace: namespace, figures: figures
      ) { sockets.append($0) }
      guard let malformed else { throw .system(.socket, subject: "sock_diag", errno: ENOENT) }
      return malformed
    }
    // A socket keeps its namespace alive, so it is not kept.
    let network = try Descriptor(networkNamespace: namespace, of: pid, root: proc.root)
    let socket =
      if let janitor { try NetlinkSocket(diagIn: network, by: janitor) } else {
        try NetlinkSocket(family: NETLINK_SOCK_DIAG, in: network, isBlocking: true)
      }
    var diag = SockDiag(socket)
    return try diag.dump(
      table.transport, table.family, networkNamespace: namespace, figures: figures
    ) { sockets.append($0) }
  }
}
