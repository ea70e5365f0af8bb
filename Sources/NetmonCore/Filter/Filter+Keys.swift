extension Filter {
  /// What may stand before the colon of a term.
  public struct Key: Hashable, Sendable {
    /// The canonical name.
    public let name: String
    /// Other names of the same key, among them the record's field where it is called otherwise.
    public let aliases: [String]
    /// What it compares, in a few words.
    public let summary: String
    /// A value as one would write it.
    public let example: String
    let subject: Subject

    /// What kind of values a key takes.
    public enum Kind: String, CaseIterable, Sendable {
      /// One of ``Key/values``.
      case choice
      /// Text in which `*` stands for any text.
      case text
      /// Numbers with comparisons and ranges, plain or with units of time or size.
      case number, duration, size
      /// RFC 3339, `now`, or a duration that counts back from now.
      case time
      /// An address or block, a port, or both; or ports alone.
      case endpoint, port
    }

    public var kind: Kind {
      switch subject {
      case .error, .state, .transport, .direction, .family, .stage, .source, .cause: .choice
      case .text: .text
      case .number(let field):
        switch field.unit {
        case .none: .number
        case .duration: .duration
        case .size: .size
        }
      case .time, .since, .until, .at: .time
      case .endpoint: .endpoint
      case .port: .port
      }
    }

    /// The values of a choice, the important ones first; none for other kinds.
    public var values: [String] {
      switch subject {
      case .error: ["any", "none"] + Self.errorNames
      case .state: TCPState.allCases.map(\.name)
      case .transport: TransportProtocol.allCases.map(\.name)
      case .direction: Direction.allCases.map(\.rawValue)
      case .family: IPAddress.Family.allCases.map(\.rawValue)
      case .stage: ErrorStage.allCases.map(\.rawValue)
      case .source: ErrorSource.allCases.map(\.rawValue)
      case .cause: ErrorCause.allCases.map(\.rawValue)
      case .text, .number, .time, .since, .until, .at, .endpoint, .port: []
      }
    }

    private static let errorNames: [String] = {
      let first: [ConnectionError] = [
        .ECONNREFUSED, .ECONNABORTED, .ECONNRESET, .ECONNTIMEOUT, .EHOSTUNREACH, .ENETUNREACH,
      ]
      return (first + ConnectionError.all.filter { !first.contains($0) }).map(\.name)
    }()

    /// What the values of a key are compared with.
    enum Subject: Hashable {
      case error, state, transport, direction, family, stage, source, cause
      case text(TextField), number(NumberField), time(TimeField), since, until, at
      case endpoint(Side), port
    }

    fileprivate init(
      _ name: String, _ subject: Subject, _ summary: String, example: String,
      aliases: [String] = []
    ) {
      self.name = name
      self.aliases = aliases
      self.subject = subject
      self.summary = summary
      self.example = example
    }
  }

  /// The key of that name or alias, in any case of letters.
  public static func key(named name: String) -> Key? { keysByName[name.lowercased()] }

  /// Whether there is a key of that name: on a command line `-error:none` is a negated term, not a
  /// cluster of short options.
  public static func isKey(_ name: String) -> Bool { key(named: name) != nil }

  static let keyNames = keys.map(\.name) + keys.flatMap(\.aliases)

  private static let keysByName = Dictionary(
    keys.flatMap { key in ([key.name] + key.aliases).map { ($0, key) } },
    uniquingKeysWith: { first, _ in first }
  )

  /// Every key, for help, completion and the page. Each field of a record is a key or an alias.
  public static let keys: [Key] = [
    Key("error", .error, "the error, any or none", example: "ECONNREFUSED"),
    Key(
      "process", .text(.process), "the process's name", example: "curl", aliases: ["process_name"]),
    Key("pid", .number(.pid), "the process's id", example: "1234", aliases: ["process_id"]),
    Key(
      "path", .text(.path), "the executable's path", example: "/usr/bin/*",
      aliases: ["process_path"]),
    Key(
      "remote", .endpoint(.remote), "the remote address, block or port", example: "10.0.0.0/8",
      aliases: ["remote_addr"]),
    Key(
      "local", .endpoint(.local), "the local address, block or port", example: "10.1.2.3:443",
      aliases: ["local_addr"]),
    Key(
      "address", .endpoint(.either), "an address, block or port at either end",
      example: "[2001:db8::1]:443", aliases: ["addr"]),
    Key("port", .port, "a port or range of ports at either end", example: "1000-2000"),
    Key(
      "service", .text(.service), "the service's name", example: "https", aliases: ["service_name"]),
    Key("protocol", .transport, "tcp or udp", example: "tcp", aliases: ["proto"]),
    Key("state", .state, "the socket's state", example: "SYN_SENT"),
    Key("direction", .direction, "who began", example: "outbound"),
    Key("host", .text(.host), "the host that saw it", example: "web-1"),
    Key("user", .text(.user), "the process's user", example: "www-data"),
    Key("unit", .text(.unit), "the systemd unit", example: "nginx.service"),
    Key("container", .text(.container), "the beginning of the container's id", example: "3f2a"),
    Key("since", .since, "first seen (errors: failed) at this time or later", example: "1h"),
    Key(
      "until", .until, "first seen (errors: failed) before this time", example: "2026-11-22T10:00Z"),
    Key("at", .at, "open at this time", example: "2026-11-22T10:00Z"),
    Key(
      "latency", .number(.connect), "time to connect", example: ">100ms", aliases: ["connect_us"]),
    Key("duration", .number(.duration), "time open", example: ">5s", aliases: ["duration_us"]),
    Key("bytes", .number(.bytes), "bytes sent and received", example: ">1MB"),

    Key("errno", .number(.errno), "the error's number", example: "111"),
    Key("error_stage", .stage, "where the error struck", example: "handshake", aliases: ["stage"]),
    Key("error_source", .source, "how the error is known", example: "kernel", aliases: ["source"]),
    Key(
      "error_cause", .cause, "what brought the error about", example: "peer_reset",
      aliases: ["cause"]),
    Key("family", .family, "the address family", example: "ipv6"),
    Key("timestamp", .time(.timestamp), "when first seen", example: "2026-11-22"),
    Key("established_at", .time(.establishedAt), "when established", example: ">1h"),
    Key("closed_at", .time(.closedAt), "when closed or failed", example: ">1h"),
    Key("updated_at", .time(.updatedAt), "when last changed", example: ">=5m"),
    Key("bytes_sent", .number(.bytesSent), "bytes sent", example: "<1kB", aliases: ["sent"]),
    Key(
      "bytes_received", .number(.bytesReceived), "bytes received", example: "0",
      aliases: ["received"]),
    Key("rtt", .number(.rtt), "round-trip time", example: ">50ms", aliases: ["rtt_us"]),
    Key("retransmits", .number(.retransmits), "segments sent again", example: ">0"),
    Key("drops", .number(.drops), "what a listener or UDP socket had no room for", example: ">0"),
    Key(
      "user_id", .number(.userID), "the process's user id", example: "1000..1999", aliases: ["uid"]),
    Key(
      "parent_id", .number(.parentID), "the parent process's id", example: "1", aliases: ["ppid"]),
    Key(
      "parent_name", .text(.parentName), "the parent's name", example: "bash", aliases: ["parent"]),
    Key("command", .text(.command), "the command line, where recorded", example: "*--config*"),
    Key("netns", .number(.networkNamespace), "the network namespace", example: "4026531840"),
    Key("id", .number(.id), "the row in this store", example: "42"),
    Key("origin", .text(.origin), "where the record was made", example: "9f3c51d2/*"),
    Key("revision", .number(.revision), "the version of the record", example: ">1"),
  ]
}
