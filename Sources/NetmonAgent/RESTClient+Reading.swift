import Foundation
public import NetmonCore
public import NetmonStore

extension RESTClient {
  /// Pages through the records that match, in the server's order, until the limit is reached or
  /// `body`, called with each page, returns false.
  public func connections(
    _ query: ConnectionQuery, _ body: ([Connection]) -> Bool
  ) async throws(RESTError) {
    var remaining = query.limit ?? .max
    var parameters = ["limit": "\(min(remaining, Self.pageSize))"]
    if !query.filter.terms.isEmpty { parameters["q"] = query.filter.description }
    if let sort = query.sort {
      parameters["sort"] = (sort.descending ? "-" : "") + sort.field.rawValue
    }
    var next: String? = Self.target("/api/connections", parameters)
    while let path = next, remaining > 0 {
      let reply = try await get(path)
      let page: RecordReader.Result
      do {
        page = try RecordReader.read(reply.body, as: .json)
      } catch {
        let mistake = error.mistakes.first
        throw .notNetmon(
          server: server,
          reason: "a record is not understood: \(mistake?.pointer ?? "") \(mistake?.detail ?? "")")
      }
      guard !page.isSingle else {
        throw .notNetmon(server: server, reason: "a list was expected")
      }
      guard body(Array(page.connections.prefix(remaining))) else { return }
      remaining -= page.connections.count
      // Only a target on the same server is followed, and only onward.
      next = reply.next.flatMap {
        $0.hasPrefix("/api/connections?") && $0 != path && !page.connections.isEmpty ? $0 : nil
      }
    }
  }

  /// Records in one reply, about 3.5 MB.
  static let pageSize = 5000

  /// The error groups that match.
  public func errors(_ query: ErrorQuery) async throws(RESTError) -> ErrorSummary {
    var parameters = ["by": query.by.map(\.rawValue).joined(separator: ",")]
    if !query.filter.terms.isEmpty { parameters["q"] = query.filter.description }
    let reply = try await get(Self.target("/api/errors", parameters))
    let decoded = try decode(ErrorsReply.self, reply)
    return ErrorSummary(
      groups: decoded.groups.prefix(query.limit).map { $0.group(by: query.by) },
      timeline: decoded.timeline.compactMap(\.bucket), total: decoded.total,
      totalGroups: decoded.total_groups)
  }

  /// The process instances with connections that match.
  public func processes(
    _ filter: Filter, limit: Int
  ) async throws(RESTError) -> [ProcessSummary] {
    var parameters = ["limit": "\(limit)"]
    if !filter.terms.isEmpty { parameters["q"] = filter.description }
    let reply = try await get(Self.target("/api/processes", parameters))
    return try decode([ProcessReply].self, reply).compactMap(\.summary)
  }

  // MARK: - Pieces

  func decode<Value: Decodable>(
    _ type: Value.Type, _ reply: Reply
  ) throws(RESTError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(reply.body))
    } catch {
      throw .notNetmon(server: server, reason: "its reply is not understood")
    }
  }

  /// A path with a query, everything but the unreserved characters of RFC 3986 encoded.
  static func target(_ path: String, _ parameters: [String: String]) -> String {
    let allowed = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: "\0"..."\u{7f}")
    )
    .union(CharacterSet(charactersIn: "-._~"))
    let query = parameters.sorted { $0.key < $1.key }.map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
    }
    return path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }
}

// MARK: - Replies

/// The answer of `GET /api/errors`.
private struct ErrorsReply: Decodable {
  var groups: [Group]
  var timeline: [Bucket]
  var total: Int
  var total_groups: Int

  struct Group: Decodable {
    var keys: [String: String] = [:]
    var count: Int
    var first: Timestamp
    var last: Timestamp
    var successes: Int
    var trend: [Int]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: FieldName.self)
      count = try container.decode(Int.self, forKey: "count")
      first = try container.decodeTime("first")
      last = try container.decodeTime("last")
      successes = try container.decode(Int.self, forKey: "successes")
      trend = try container.decode([Int].self, forKey: "trend")
      for key in GroupKey.allCases {
        let name = FieldName(stringLiteral: key.fieldName)
        if key == .pid {
          keys[key.fieldName] = try container.decodeIfPresent(Int64.self, forKey: name)
            .map { "\($0)" }
        } else {
          keys[key.fieldName] = try container.decodeIfPresent(String.self, forKey: name)
        }
      }
    }

    func group(by order: [GroupKey]) -> ErrorGroup {
      ErrorGroup(
        keys: order.map { ($0, keys[$0.fieldName]) }, count: count, first: first, last: last,
        successes: successes, trend: trend)
    }
  }

  struct Bucket: Decodable {
    var time: String
    var counts: [String: Int]

    var bucket: TimelineBucket? {
      guard let time = Timestamp(time) else { return nil }
      let known = counts.compactMap { name, count in
        ConnectionError(name: name).map { ($0, count) }
      }
      return TimelineBucket(
        time: time, counts: known.sorted { ($1.1, $0.0.number) < ($0.1, $1.0.number) })
    }
  }
}

/// An element of `GET /api/processes`.
private struct ProcessReply: Decodable {
  var host: String?
  var process_id: Int32
  var process_name: String
  var process_path: String
  var user_id: UInt32?
  var user: String?
  var unit: String?
  var container: String?
  var parent_id: Int32?
  var parent_name: String?
  var command: String?
  var first_seen: String
  var last_seen: String
  var connections: Int
  var errors: Int
  var open: Int
  var listens: [Listen]

  struct Listen: Decodable {
    var `protocol`: String
    var local_addr: String
  }

  var summary: ProcessSummary? {
    guard let firstSeen = Timestamp(first_seen), let lastSeen = Timestamp(last_seen) else {
      return nil
    }
    var process = ProcessDetails(
      identity: ProcessIdentity(pid: process_id, startTime: 0), name: process_name,
      path: process_path)
    process.userID = user_id
    process.user = user
    process.unit = unit
    process.container = container
    process.parentID = parent_id
    process.parentName = parent_name
    process.command = command
    return ProcessSummary(
      process: process, host: host, firstSeen: firstSeen, lastSeen: lastSeen,
      connections: connections, errors: errors, open: open,
      listens: listens.compactMap { listen in
        guard let transport = TransportProtocol(name: listen.protocol),
          let endpoint = Endpoint(listen.local_addr)
        else { return nil }
        return .init(transport: transport, endpoint: endpoint)
      })
  }
}

/// A key of an object that is known only at run time.
private struct FieldName: CodingKey, ExpressibleByStringLiteral {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringLiteral name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringLiteral: stringValue) }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<FieldName> {
  fileprivate func decodeTime(_ name: FieldName) throws -> Timestamp {
    guard let time = Timestamp(try decode(String.self, forKey: name)) else {
      throw DecodingError.dataCorruptedError(forKey: name, in: self, debugDescription: "no time")
    }
    return time
  }
}
