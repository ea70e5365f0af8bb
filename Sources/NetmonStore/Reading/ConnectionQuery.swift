public import NetmonCore

/// A question for a list of connections.
public struct ConnectionQuery: Hashable, Sendable {
  public var filter: Filter
  /// Nil: newest first, that is `timestamp`, then `id`, descending.
  public var sort: Sort?
  /// The size of a page; nil is no limit.
  public var limit: Int?
  /// How many rows to leave out at the beginning, ≥ 0.
  public var offset: Int
  /// Where the page before ended; `offset` counts from there.
  public var cursor: Cursor?

  public init(
    filter: Filter = Filter(), sort: Sort? = nil, limit: Int? = 100, offset: Int = 0,
    cursor: Cursor? = nil
  ) {
    self.filter = filter
    self.sort = sort
    self.limit = limit
    self.offset = offset
    self.cursor = cursor
  }

  /// An order by one field of the record; rows that are equal in it follow by ascending id, or
  /// descending when the field is. Unknown values come first, last when descending. Texts are compared
  /// by their bytes, of which the first 1,024 count.
  public struct Sort: Hashable, Sendable {
    public var field: RecordField
    public var descending: Bool

    public init(_ field: RecordField, descending: Bool = false) {
      self.field = field
      self.descending = descending
    }

    /// Parses `FIELD`, or `-FIELD` for descending.
    public init?(_ text: String) {
      let descending = text.hasPrefix("-")
      guard let field = RecordField(rawValue: descending ? String(text.dropFirst()) : text)
      else { return nil }
      self.init(field, descending: descending)
    }
  }
}

/// One page of a list.
public struct ConnectionPage: Hashable, Sendable {
  public var connections: [Connection]
  /// Where the next page begins; nil when there is no more.
  public var next: ConnectionQuery.Cursor?

  public init(connections: [Connection], next: ConnectionQuery.Cursor?) {
    self.connections = connections
    self.next = next
  }
}
