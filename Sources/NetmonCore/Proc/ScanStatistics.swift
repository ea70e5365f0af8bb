/// The work that one scan took.
public struct ScanStatistics: Hashable, Sendable {
  /// Network namespaces whose tables were read completely.
  public var namespaces = 0
  /// Socket tables read.
  public var tables = 0
  /// Socket tables passed over because the kernel counted no socket in them.
  public var emptyTables = 0
  /// Rows that came twice because a table changed between two reads.
  public var repeatedRows = 0
  /// Processes whose open files were walked to find the owners of sockets.
  public var processesWalked = 0
  /// Open files looked at in those walks.
  public var descriptorsRead = 0
  /// Files `/proc/PID/stat` read to see whether owners still live and who is new.
  public var statsRead = 0
  /// Processes whose details were read.
  public var detailsRead = 0
  /// Sockets without an owner that can be seen: the kernel's own and other users'.
  public var unowned = 0
  /// Time spent on namespaces, tables and counters.
  public var tableTime: Duration = .zero
  /// Time spent on owners and their details.
  public var ownerTime: Duration = .zero

  public init() {}
}
