import Testing

@testable import NetmonAgent

@Suite struct EventParserTests {
  private typealias Event = EventParser.Event

  private func events(of text: String, piece: Int = .max) throws -> [Event] {
    var parser = EventParser()
    var events: [Event] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      parser.append(rest.prefix(piece))
      rest = rest.dropFirst(piece)
      while let event = try parser.next() { events.append(event) }
    }
    return events
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func howTheyAreCutDoesNotMatter(piece: Int) throws {
    let text = """
      retry: 2000
      id: 1
      event: start
      data: {"a":1}

      :
      id: 2

      id:3\r
      event: é\r
      data: {\r
      data:}\r
      \r
      id: 4
      """
    #expect(
      try events(of: text, piece: piece) == [
        Event(name: "start", id: "1", data: Array(#"{"a":1}"#.utf8)), Event(id: "2"),
        Event(name: "é", id: "3", data: Array("{\n}".utf8)),
      ])
  }

  @Test(arguments: ["", "\n\n\n", ":\n\n", ": x\n:y\n\n", "unknown: x\n\n", "data: 1\n", "id: 1"])
  func thereIsNone(text: String) throws {
    #expect(try events(of: text).isEmpty)
  }

  @Test func fieldsWithoutAValueAreEmpty() throws {
    #expect(try events(of: "id\ndata: 1\n\n") == [Event(id: "", data: [UInt8(ascii: "1")])])
  }

  @Test func anEventWithoutAnEndIsRefused() throws {
    #expect(throws: EventParser.TooLarge.self) {
      try events(of: "data: " + String(repeating: "x", count: EventParser.limit), piece: 1 << 20)
    }
    #expect(throws: EventParser.TooLarge.self) {
      let line = "data: " + String(repeating: "x", count: 10_000) + "\n"
      _ = try events(of: String(repeating: line, count: EventParser.limit / 10_000 + 1))
    }
  }
}
