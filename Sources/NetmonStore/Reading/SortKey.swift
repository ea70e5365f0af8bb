import NetmonCore

/// What a row is sorted by: the value of a field as SQLite compares it.
///
/// Of a text it is the beginning alone, so that a cursor fits into a request's target however long
/// the text is. Texts that agree so far follow each other as equal ones do.
enum SortKey: Hashable {
  case unknown
  case number(Int64)
  /// The first ``maximumBytes`` of a text, which may end within a character.
  case text([UInt8])

  static let maximumBytes = 1024

  var value: SQLValue {
    switch self {
    case .unknown: .null
    case .number(let number): .integer(number)
    case .text(let bytes): .blob(bytes)
    }
  }
}

extension SortKey: CustomStringConvertible {
  /// `u`, `i` and a number, or `t` and the bytes: letters and digits only.
  var description: String {
    switch self {
    case .unknown: "u"
    case .number(let number): "i" + String(UInt64(bitPattern: number), radix: 36)
    case .text(let bytes): "t" + Self.hex(bytes)
    }
  }

  /// Reads what `description` wrote, and perhaps more.
  init?(_ text: Substring) {
    let rest = text.dropFirst()
    switch text.first {
    case "u" where rest.isEmpty:
      self = .unknown
    case "i":
      guard let bits = UInt64(rest, radix: 36) else { return nil }
      self = .number(Int64(bitPattern: bits))
    case "t":
      guard let bytes = Self.bytes(rest), bytes.count <= Self.maximumBytes else { return nil }
      self = .text(bytes)
    default:
      return nil
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func bytes(_ hex: Substring) -> [UInt8]? {
    let digits = hex.utf8.map(hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}

extension RecordField {
  /// The ``SortKey`` of a row `c` of table `connection`.
  var sortKey: String {
    isText ? "substr(CAST(\(sql) AS BLOB), 1, \(SortKey.maximumBytes))" : sql
  }

  private var isText: Bool {
    switch self {
    case .id, .timestamp, .process_id, .revision, .errno, .established_at, .closed_at, .updated_at,
      .connect_us, .duration_us, .bytes_sent, .bytes_received, .rtt_us, .retransmits, .drops,
      .user_id, .parent_id, .netns:
      false
    case .process_name, .process_path, .local_addr, .remote_addr, .error, .service_name,
      .protocol, .state, .host, .origin, .family, .direction, .error_stage, .error_source,
      .error_cause, .user, .unit, .container, .parent_name, .command:
      true
    }
  }
}
