public import NetmonCore

/// A question for counts of errors.
public struct ErrorQuery: Hashable, Sendable {
  /// Which records count; `since:` and `until:` compare the time of failure.
  public var filter: Filter
  /// What makes a group.
  public var by: [GroupKey]
  /// The width of a timeline bucket in microseconds, > 0. Buckets begin at its multiples since 1970.
  public var bucket: Int64
  /// The end of the span when the filter has no `until:`.
  public var now: Timestamp
  /// The number of groups, ≥ 0.
  public var limit: Int

  public init(
    filter: Filter = Filter(), by: [GroupKey] = [.error, .process, .remote],
    bucket: Int64 = 60_000_000, now: Timestamp, limit: Int = 500
  ) {
    self.filter = filter
    self.by = by
    self.bucket = bucket
    self.now = now
    self.limit = limit
  }
}

/// What errors can be grouped by; the raw value is the word of `by=`.
public enum GroupKey: String, CaseIterable, Sendable {
  case error, process, path, pid, remote, local, host, service, user, unit, container
  case stage, source, cause, `protocol`, direction, family, state

  /// The field of the record that holds the value.
  public var field: RecordField {
    switch self {
    case .error: .error
    case .process: .process_name
    case .path: .process_path
    case .pid: .process_id
    case .remote: .remote_addr
    case .local: .local_addr
    case .host: .host
    case .service: .service_name
    case .user: .user
    case .unit: .unit
    case .container: .container
    case .stage: .error_stage
    case .source: .error_source
    case .cause: .error_cause
    case .protocol: .protocol
    case .direction: .direction
    case .family: .family
    case .state: .state
    }
  }

  /// The name of that field: `process_name`, `remote_addr`, ….
  public var fieldName: String { field.rawValue }
}
