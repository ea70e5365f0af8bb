import NetmonCore

extension RecordField {
  /// The field of a row `c` of table `connection`, as a user sees it: what lists are sorted and
  /// errors grouped by.
  var sql: String {
    switch self {
    case .id: "c.id"
    case .timestamp: "c.opened_at"
    case .process_id: Self.process("p.pid")
    case .process_name: Self.executable("x.name")
    case .process_path: Self.executable("x.path")
    case .local_addr: Self.endpoint("local")
    case .remote_addr: Self.endpoint("remote")
    case .error: "(SELECT e.name FROM error_name e WHERE e.errno = c.errno AND e.is_canonical)"
    case .service_name: "(SELECT s.name FROM service s WHERE s.id = c.service_id)"
    case .protocol: "(SELECT n.name FROM protocol_name n WHERE n.protocol = c.protocol)"
    case .state: "(SELECT n.name FROM state_name n WHERE n.state = c.state)"
    case .host: "(SELECT h.name FROM host h WHERE h.id = c.host_id)"
    case .origin: "(SELECT g.name || '/' || c.number FROM agent g WHERE g.id = c.agent_id)"
    case .revision: "c.revision"
    case .family:
      "(SELECT iif(instr(a.text, ':'), 'ipv6', 'ipv4') FROM address a WHERE a.id = c.remote_id)"
    case .direction: Self.name("c.direction", of: Direction.self)
    case .errno: "c.errno"
    case .error_stage: Self.name("c.error_stage", of: ErrorStage.self)
    case .error_source: Self.name("c.error_source", of: ErrorSource.self)
    case .error_cause: Self.name("c.error_cause", of: ErrorCause.self)
    case .established_at: "c.established_at"
    case .closed_at: "c.closed_at"
    case .updated_at: "c.updated_at"
    case .connect_us: "c.connect_us"
    case .duration_us: "c.duration_us"
    case .bytes_sent: "c.bytes_sent"
    case .bytes_received: "c.bytes_received"
    case .rtt_us: "c.rtt_us"
    case .retransmits: "c.retransmits"
    case .drops: "c.drops"
    case .user_id: Self.process("p.user_id")
    case .user: Self.process("p.user")
    case .unit: Self.process("p.unit")
    case .container: Self.process("p.container")
    case .parent_id: Self.process("p.parent_id")
    case .parent_name: Self.process("p.parent_name")
    case .command: Self.process("p.command")
    case .netns: "c.netns"
    }
  }

  /// The columns of `c` that `sql` looks at.
  var columns: [String] {
    switch self {
    case .id: ["id"]
    case .timestamp: ["opened_at"]
    case .process_id, .process_name, .process_path, .user_id, .user, .unit, .container, .parent_id,
      .parent_name, .command:
      ["process_id"]
    case .local_addr: ["local_id", "local_port"]
    case .remote_addr: ["remote_id", "remote_port"]
    case .family: ["remote_id"]
    case .error: ["errno"]
    case .service_name: ["service_id"]
    case .host: ["host_id"]
    case .origin: ["agent_id", "number"]
    case .protocol, .state, .revision, .direction, .errno, .error_stage, .error_source,
      .error_cause, .established_at, .closed_at, .updated_at, .connect_us, .duration_us,
      .bytes_sent, .bytes_received, .rtt_us, .retransmits, .drops, .netns:
      [rawValue]
    }
  }

  private static func process(_ column: String) -> String {
    "(SELECT \(column) FROM process p WHERE p.id = c.process_id)"
  }

  private static func executable(_ column: String) -> String {
    """
    (SELECT \(column) FROM process p JOIN executable x ON x.id = p.executable_id \
    WHERE p.id = c.process_id)
    """
  }

  private static func endpoint(_ side: String) -> String {
    """
    (SELECT \(Schema.shown("a")) || ':' || c.\(side)_port FROM address a \
    WHERE a.id = c.\(side)_id)
    """
  }

  private static func name<Code: StoredCode & RawRepresentable<String>>(
    _ column: String, of type: Code.Type
  ) -> String {
    let cases = type.allCases.map { "WHEN \($0.code) THEN '\($0.rawValue)'" }
    return "CASE \(column) \(cases.joined(separator: " ")) END"
  }
}
