import AsyncHTTPClient
import Compression
import Foundation
import NIOCore
import NIOHTTP1
public import NetmonCore
public import NetmonStore

extension RESTClient {
  /// What the server says of a batch it has committed.
  public struct Receipt: Decodable, Sendable {
    public var accepted: Int
    public var storeID: String

    enum CodingKeys: String, CodingKey {
      case accepted
      case storeID = "store_id"
    }
  }

  /// Asks the server who it is, which is to deliver nothing.
  public func identify() async throws(RESTError) -> Receipt {
    try await post(Array("[]".utf8), as: "application/json", to: "/api/connections")
  }

  /// Delivers records, in several requests if they are large; returns once the server has
  /// committed them.
  public func post(_ connections: ArraySlice<Connection>) async throws(RESTError) {
    var rest = connections
    while !rest.isEmpty {
      var lines = JSONWriter(capacity: min(rest.count * 700, Self.bodySize))
      var count = 0
      while lines.bytes.count < Self.bodySize, let connection = rest.popFirst() {
        connection.write(to: &lines)
        lines.endLine()
        count += 1
      }
      let receipt = try await post(
        lines.bytes, as: "application/x-ndjson", to: "/api/connections")
      guard receipt.accepted == count else {
        throw .notNetmon(
          server: server, reason: "it accepted \(receipt.accepted) records of \(count)")
      }
    }
  }

  /// Delivers gaps; returns once the server has committed them.
  public func post(_ gaps: ArraySlice<Gap>) async throws(RESTError) {
    var json = JSONWriter()
    json.array(gaps) { $1.write(to: &$0) }
    _ = try await post(json.bytes, as: "application/json", to: "/api/gaps")
  }

  /// Delivers what a host says of itself.
  public func post(_ report: HostReport) async throws(RESTError) {
    var json = JSONWriter()
    json.array([report]) { $1.write(to: &$0) }
    _ = try await post(json.bytes, as: "application/json", to: "/api/hosts")
  }

  /// Bytes before compression after which a request takes no further record: far below what a
  /// server takes, and several times what usual records take up.
  static let bodySize = 4 << 20

  private func post(
    _ bytes: [UInt8], as type: String, to path: String
  ) async throws(RESTError) -> Receipt {
    var request = HTTPClientRequest(url: server + path)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    if bytes.count > 1000, let compressed = Gzip.compress(bytes) {
      request.headers.add(name: "Content-Encoding", value: "gzip")
      request.body = .bytes(ByteBuffer(bytes: compressed))
    } else {
      request.body = .bytes(ByteBuffer(bytes: bytes))
    }
    let (_, body) = try await send(request)
    do {
      return try JSONDecoder().decode(Receipt.self, from: Data(body))
    } catch {
      throw .notNetmon(server: server, reason: "no store_id in its reply")
    }
  }
}
