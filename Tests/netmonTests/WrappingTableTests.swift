import Testing

@testable import netmon

/// Prose in the last column of a table.
struct WrappingTableTests {
  @Test(
    arguments: [
      ("", 10, []), ("one two", 10, ["one two"]), ("one two three", 7, ["one two", "three"]),
      ("a verylongword b", 5, ["a", "verylongword", "b"]), ("one two", .max, ["one two"]),
    ] as [(String, Int, [String])])
  func wrapping(text: String, columns: Int, lines: [String]) {
    #expect(WrappingTable.wrapped(text, columns: columns) == lines)
  }
}
