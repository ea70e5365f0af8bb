public import NetmonCore

/// Changed records, in the order of the change sequence.
public struct ChangeBatch: Sendable {
  /// Each record once: its latest state, at its highest sequence number in the batch.
  public var changes: [(sequence: Int64, connection: Connection)]
  /// The cursor to go on from; it is also past changes that were left out.
  public var lastSequence: Int64
  /// The cursor is not one to resume from: changes after it are pruned, or it is from another file.
  public var isTruncated: Bool
}
