import Foundation

/// What the tests look at in a record of `netmon`.
struct Record: Decodable, Hashable {
  var id: Int64
  var timestamp: String
  var process_id: Int32
  var process_name: String
  var process_path: String
  var local_addr: String
  var remote_addr: String
  var error: String?
  var `protocol`: String
  var state: String
  var direction: String?
  var origin: String?
  var revision: Int64
  var closed_at: String?

  /// The records of a JSON array.
  static func list(_ json: String) throws -> [Record] {
    try JSONDecoder().decode([Record].self, from: Data(json.utf8))
  }

  /// The record whatever store it is in: each store counts its own ids.
  var withoutID: Record {
    var copy = self
    copy.id = 0
    return copy
  }
}
