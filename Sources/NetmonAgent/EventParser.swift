/// Takes server-sent events out of the bytes of a stream, however they are cut (HTML Standard,
/// §9.2.6).
package struct EventParser {
  /// What ends at an empty line.
  package struct Event: Hashable {
    /// Nil if it was not named. An event without data is none, but its id counts.
    package var name: String?
    package var id: String?
    package var data: [UInt8] = []
  }

  /// An event was larger than the limit.
  package struct TooLarge: Error {}

  /// The largest event that is taken, in bytes: records are far smaller.
  static let limit = 4 << 20

  private var bytes: [UInt8] = []
  /// Where the line begins that is not parsed yet.
  private var start = 0
  /// Up to where it was looked for an end of that line.
  private var searched = 0
  private var event = Event()

  package init() {}

  package mutating func append(_ more: some Sequence<UInt8>) {
    bytes.removeFirst(start)
    searched -= start
    start = 0
    bytes += more
  }

  /// The next whole event; nil when it takes more bytes.
  package mutating func next() throws(TooLarge) -> Event? {
    while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      (start, searched) = (end + 1, end + 1)
      guard line.isEmpty else {
        take(line)
        continue
      }
      defer { event = Event() }
      if event != Event() { return event }
    }
    searched = bytes.count
    guard searched - start + event.data.count <= Self.limit else { throw TooLarge() }
    return nil
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "event": event.name = String(decoding: value, as: UTF8.self)
    case "id": event.id = String(decoding: value, as: UTF8.self)
    case "data":
      if !event.data.isEmpty { event.data.append(UInt8(ascii: "\n")) }
      event.data += value
    // A comment, or nothing that is used here.
    default: break
    }
  }
}
