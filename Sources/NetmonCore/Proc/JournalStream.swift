internal import Glibc

/// The stream that systemd opens to its journal for what a service writes, as `JOURNAL_STREAM` names
/// it: `DEVICE:INODE` (systemd.exec(5)).
package struct JournalStream: Hashable, Sendable {
  private let name: String

  /// Nil for a process that systemd has not given one.
  package init?(environment: [String: String]) {
    guard let name = environment["JOURNAL_STREAM"] else { return nil }
    self.name = name
  }

  /// Whether what is written to a file descriptor goes there; it does not if it was redirected
  /// since.
  package func isBehind(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && name == "\(status.st_dev):\(status.st_ino)"
  }
}
