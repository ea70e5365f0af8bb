/// Takes responses out of what a server has sent, by the rules of RFC 9112 §6.3 and no others.
struct ResponseReader {
  private var rest: ArraySlice<UInt8>

  init(_ sent: [UInt8]) { rest = sent[...] }

  /// The statuses of the responses, without those that only ask to go on, which only those may do that
  /// come before the response to a request that wants to be asked.
  mutating func responses(
    to answered: [Responder.Answered], of requests: [Responder.Request]
  ) throws(BrokenInvariant) -> [Int] {
    var statuses: [Int] = []
    while !rest.isEmpty {
      let head = try head()
      if (100..<200).contains(head.status) {
        try require(head.isNew && head.fields.isEmpty, "HTTP/1.0 is told to go on")
        try require(
          statuses.count < requests.count && requests[statuses.count].waitsToGoOn,
          "told to go on before a response to another request")
        continue
      }
      try require(statuses.count < answered.count, "more responses than requests")
      let answer = answered[statuses.count]
      statuses.append(head.status)
      if !answer.isHead || answer.isRefusal { try skipBody(head) }
    }
    return statuses
  }

  private struct Head {
    let isNew: Bool
    let status: Int
    let fields: [Substring]

    /// The value of a field that may be there once.
    func value(_ name: String) throws(BrokenInvariant) -> Substring? {
      let values = fields.filter { $0.lowercased().hasPrefix("\(name): ") }
      try require(values.count < 2, "'\(name)' twice")
      return values.first?.dropFirst(name.count + 2)
    }
  }

  private mutating func head() throws(BrokenInvariant) -> Head {
    let status = try line().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard status.count == 3, ["HTTP/1.1", "HTTP/1.0"].contains(status[0]),
      let code = Int(status[1]), (100..<600).contains(code)
    else { throw BrokenInvariant("a response begins with '\(status.joined(separator: " "))'") }
    var fields: [Substring] = []
    while case let field = try line(), !field.isEmpty { fields.append(field[...]) }
    return Head(isNew: status[0] == "HTTP/1.1", status: code, fields: fields)
  }

  private mutating func skipBody(_ head: Head) throws(BrokenInvariant) {
    let length = try head.value("content-length")
    if let coding = try head.value("transfer-encoding") {
      try require(coding == "chunked" && length == nil && head.isNew, "wrong framing")
      while case let digits = try line(), digits != "0" {
        try skip(Int(digits, radix: 16))
        try require(line().isEmpty, "a chunk goes on")
      }
      try require(line().isEmpty, "chunks go on")
    } else if let length {
      try skip(Int(length))
    } else {
      try require(!head.isNew, "a response without an end")
      rest = []
    }
  }

  private mutating func skip(_ count: Int?) throws(BrokenInvariant) {
    guard let count, (0...rest.count).contains(count) else {
      throw BrokenInvariant("a response is cut")
    }
    rest = rest.dropFirst(count)
  }

  private mutating func line() throws(BrokenInvariant) -> String {
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > rest.startIndex,
      rest[end - 1] == UInt8(ascii: "\r")
    else { throw BrokenInvariant("a line of a response does not end") }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<(end - 1)], as: UTF8.self)
  }
}
