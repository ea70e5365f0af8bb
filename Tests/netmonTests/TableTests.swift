import NetmonCore
import Testing

@testable import netmon

/// Columns on a pipe; those on a terminal are held to what is in `Golden`.
struct TableTests {
  private let console = Console(
    environment: ["TERM": "dumb"], now: { Timestamp(microseconds: 0) }, width: { 20 })

  @Test("Wide characters and what cannot be printed keep the columns in line")
  func alignment() throws {
    // Tests have no terminal.
    try #require(!console.isTerminal)
    var table = Table([
      .init(title: "NAME", minimum: 2), .init(title: "PID", alignment: .right, dropOrder: 0),
      .init(title: "END"),
    ])
    for name in ["日本", "a\u{1b}[2J", "e\u{301}", "-"] { table.add([.init(name), "7", "x"]) }
    let lines = table.render(for: console).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "NAME      PID  END", "日本        7  x", "a\\x1b[2J    7  x", "e\u{301}           7  x",
        "-           7  x",
      ])
  }

  @Test("Rows that follow stay in the columns of those before")
  func blocks() {
    let columns = [Table.Column(title: "A"), Table.Column(title: "B")]
    var first = Table(columns)
    first.add(["1234", "x"])
    var second = Table(columns, after: first.shape)
    second.add(["1", "x"])
    #expect(first.render(for: console) == "A     B\n1234  x\n")
    #expect(second.render(for: console, titled: false) == "1     x\n")
    var third = Table(columns, after: second.shape)
    third.add(["12345", "x"])
    #expect(third.render(for: console, titled: false) == "12345  x\n")
  }
}
