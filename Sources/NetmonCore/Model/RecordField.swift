/// The fields of a record under their documented names, in the order of JSON and CSV.
public enum RecordField: String, CaseIterable, Sendable {
  // The documented columns, always first.
  case id, timestamp, process_id, process_name, process_path, local_addr, remote_addr, error
  case service_name, `protocol`, state
  // Added ones.
  case host, origin, revision, family, direction, errno, error_stage, error_source, error_cause
  case established_at, closed_at, updated_at
  case connect_us, duration_us, bytes_sent, bytes_received, rtt_us, retransmits, drops
  case user_id, user, unit, container, parent_id, parent_name, command, netns
}
