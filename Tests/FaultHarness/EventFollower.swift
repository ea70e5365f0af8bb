import Foundation
import NetmonCore

/// A client of `GET /api/stream`, and what it was told over all its connections.
struct EventFollower {
  /// The id of the last event that was whole.
  private(set) var last: Int64 = 0
  private(set) var revisions: [Origin: Int64] = [:]
  private(set) var events = 0
  /// What must not be.
  private(set) var flaws: [String] = []

  init() {}

  /// Follows from where it is, until it has so many bytes, which may end anywhere, or is told of
  /// the change `end`.
  mutating func follow(port: UInt16, bytes limit: Int = .max, through end: Int64 = .max) throws {
    let socket = try Self.open(port: port, after: last)
    defer { close(socket) }
    try follow(socket, bytes: limit, through: end)
  }

  /// Asks for the stream, and takes nothing of it.
  static func open(port: UInt16, after event: Int64? = nil) throws -> Int32 {
    let socket = try Loopback.connect(port: port, timeout: .seconds(30))
    let header = event.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    let request = "GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(header)\r\n"
    guard request.withCString({ write(socket, $0, strlen($0)) }) == request.utf8.count else {
      let reason = errno
      close(socket)
      throw FaultError.system("write", errno: reason)
    }
    return socket
  }

  mutating func follow(_ socket: Int32, bytes limit: Int = .max, through end: Int64) throws {
    var bytes: [UInt8] = []
    var rest = limit
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while rest > 0, last < end {
      let count = read(socket, &buffer, min(buffer.count, rest))
      guard count > 0 else {
        throw FaultError.broken("a stream ended by itself: \(String(cString: strerror(errno)))")
      }
      rest -= count
      bytes += buffer[..<count]
      try takeEvents(of: &bytes)
    }
  }

  /// Takes the whole events off the beginning.
  private mutating func takeEvents(of bytes: inout [UInt8]) throws {
    let newline = UInt8(ascii: "\n")
    var start = 0
    for end in bytes.indices.dropFirst() where bytes[end] == newline && bytes[end - 1] == newline {
      try take(bytes[start..<end])
      start = end + 1
    }
    bytes.removeFirst(start)
  }

  /// Takes an event, before which the length of its chunk may stand, or the head.
  private mutating func take(_ block: ArraySlice<UInt8>) throws {
    let text = String(decoding: block, as: UTF8.self)
    if text.hasPrefix("HTTP/1.1"), !text.hasPrefix("HTTP/1.1 200") {
      throw FaultError.broken("a stream was refused: \(text)")
    }
    let lines = text.split { $0 == "\n" || $0 == "\r\n" }
    func value(_ name: String) -> Substring? {
      lines.first { $0.hasPrefix(name) }?.dropFirst(name.count)
    }
    switch value("event: ") {
    case "connection":
      guard let id = value("id: ").flatMap({ Int64($0) }), let data = value("data: "),
        let record = try? RecordReader.read(Array(data.utf8), as: .json).connections.first,
        let origin = record.origin
      else { return flaws.append("not understood: \(text)") }
      events += 1
      if id <= last { flaws.append("event \(id) after \(last)") }
      if record.revision <= revisions[origin] ?? 0 { flaws.append("\(origin) came twice") }
      last = id
      revisions[origin] = record.revision
    case "reset": flaws.append("reset at \(last)")
    default: break
    }
  }

  /// What is wrong, given the revisions that there are.
  func differences(from stored: [Origin: Int64]) -> [String] {
    flaws
      + stored.compactMap { origin, revision in
        let told = revisions[origin]
        return told == revision
          ? nil : "\(origin) \(revision): told \(told.map { "of \($0)" } ?? "nothing")"
      } + revisions.keys.filter { stored[$0] == nil }.map { "\($0) is not there" }
  }
}
