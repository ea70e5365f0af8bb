/// A question about connections: terms that must all hold.
///
/// One value for command line, REST and page: it is parsed once (``init(_:now:)``), compiles to
/// SQL in the store, and answers in memory through ``matches(_:)``. The two must agree.
public struct Filter: Hashable, Sendable {
  public var terms: [Term]

  /// No terms: everything matches.
  public init(terms: [Term] = []) {
    self.terms = terms
  }

  /// One `key:value,value` of the language: any of its matches, or none of them when negated.
  public struct Term: Hashable, Sendable {
    public var isNegated: Bool
    public var anyOf: [Match]

    public init(isNegated: Bool = false, anyOf: [Match]) {
      self.isNegated = isNegated
      self.anyOf = anyOf
    }

    public init(_ match: Match) {
      self.init(anyOf: [match])
    }
  }

  /// A test of one property of a connection. What is unknown (nil) never matches, so a negated
  /// term includes it.
  public enum Match: Hashable, Sendable {
    /// `error:any`, `error:none`, `error:ECONNREFUSED`.
    case error(ErrorMatch)
    case state(TCPState)
    case transport(TransportProtocol)
    case direction(Direction)
    case family(IPAddress.Family)
    case stage(ErrorStage)
    case source(ErrorSource)
    case cause(ErrorCause)
    case text(TextField, TextPattern)
    case number(NumberField, Comparison<Int64>)
    case time(TimeField, Comparison<Timestamp>)
    /// `at:2026-11-22T10:00Z`: open at that moment (``Connection/isOpen(at:)``).
    case open(at: Timestamp)
    /// `remote:10.0.0.0/8`, `remote:10.1.2.3:443`, `remote::443`.
    case endpoint(Side, prefix: IPPrefix?, port: ClosedRange<UInt16>?)
    /// A bare word: in process name, path, addresses, host or service, in any case of letters.
    case word(String)
  }

  public enum ErrorMatch: Hashable, Sendable {
    case any
    case none
    case exactly(ConnectionError)
  }

  /// Which end; `either` is what `port:443` asks.
  public enum Side: String, CaseIterable, Sendable {
    case local, remote, either
  }

  public enum TextField: String, CaseIterable, Sendable {
    case process = "process_name"
    case path = "process_path"
    case user, unit, container, host
    case service = "service_name"
    case parentName = "parent_name"
    case command, origin
  }

  public enum NumberField: String, CaseIterable, Sendable {
    case id
    case pid = "process_id"
    case errno, revision
    case connect = "connect_us"
    case duration = "duration_us"
    case rtt = "rtt_us"
    case bytesSent = "bytes_sent"
    case bytesReceived = "bytes_received"
    /// Sent and received together; unknown when both are.
    case bytes
    case retransmits, drops
    case userID = "user_id"
    case parentID = "parent_id"
    case networkNamespace = "netns"
  }

  public enum TimeField: String, CaseIterable, Sendable {
    case timestamp
    case establishedAt = "established_at"
    case closedAt = "closed_at"
    case updatedAt = "updated_at"
    /// What `since:` and `until:` compare: the timestamp; in error counts, the time of failure.
    case occurrence = "since"
  }

  /// A comparison with a number or a time.
  public enum Comparison<Value: Hashable & Comparable & Sendable>: Hashable, Sendable {
    case equal(Value)
    case less(Value)
    case lessOrEqual(Value)
    case greater(Value)
    case greaterOrEqual(Value)
    /// `100..200`, both ends included.
    case between(Value, Value)

    public func holds(for value: Value) -> Bool {
      switch self {
      case .equal(let bound): value == bound
      case .less(let bound): value < bound
      case .lessOrEqual(let bound): value <= bound
      case .greater(let bound): value > bound
      case .greaterOrEqual(let bound): value >= bound
      case .between(let low, let high): low <= value && value <= high
      }
    }
  }

  /// A text to compare with: whole and exact, or a pattern in which `*` stands for any text.
  public enum TextPattern: Hashable, Sendable {
    case exact(String)
    /// The literal pieces between the stars; the first and last are anchored.
    case glob([String])
  }
}
