import NetmonCore
import Testing

@Suite struct CSVTests {
  @Test(arguments: [
    ("curl", "curl"), ("", ""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("a;b", "\"a;b\""), ("a=b", "a=b"), ("a-b", "a-b"), ("  ", "  "), (" x", " x"),
    ("naïve 日本", "naïve 日本"), ("C:\\x1b", "C:\\x1b"), ("[::1]:443", "[::1]:443"),
  ])
  func texts(_ text: String, _ field: String) {
    #expect(CSV.field(text).utf8.elementsEqual(field.utf8))
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), ("\tx", "'\\x09x"),
    ("\rx", "'\\x0dx"), ("\nx", "'\\x0ax"), ("  =1", "'  =1"), ("=a,b", "\"'=a,b\""),
    ("=\u{301}x", "'=\u{301}x"), ("'x", "'x"), ("'=x", "''=x"), ("\"=x", "\"'\"\"=x\""),
    (" ' \"@x", "\"' ' \"\"@x\""), ("\u{a0}=x", "'\u{a0}=x"), ("\u{3000}-x", "'\u{3000}-x"),
    ("＝x", "'＝x"), ("\u{feff}=x", "'\\u{feff}=x"), ("\u{0}=x", "'\\x00=x"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
  ])
  func whatASpreadsheetWouldRunIsText(_ text: String, _ field: String) {
    #expect(CSV.field(text).utf8.elementsEqual(field.utf8))
  }

  @Test(arguments: [
    ("\u{1b}[2J", "\\x1b[2J"), ("a\nb", "a\\x0ab"), ("a\r\nb", "a\\x0d\\x0ab"), ("\u{7f}", "\\x7f"),
    ("a\u{9b}1m", "a\\x9b1m"), ("a\u{202e}b", "a\\u{202e}b"), ("a\u{200b}", "a\\u{200b}"),
  ])
  func whatSteersATerminalIsEscaped(_ text: String, _ field: String) {
    #expect(CSV.field(text).utf8.elementsEqual(field.utf8))
  }

  @Test func aFieldNeverHoldsALineBreakOrControl() {
    for value in 0...UInt32(0x10FFFF) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let field = CSV.field("a" + String(scalar))
      if field.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }

  @Test func aRowHasTheFieldsOfItsHeader() throws {
    let connection = try #require(
      RecordReader.read(
        Array(
          #"""
          {"timestamp":"2026-11-22T10:00:00.000000Z","process_id":7,"process_name":"=a,\n",
          "process_path":"","local_addr":"[::1]:1","remote_addr":"127.0.0.1:443","protocol":"tcp",
          "state":"CLOSE","rtt_us":12,"revision":3}
          """#.utf8), as: .json
      ).connections.first)
    let fields: [RecordField] = [
      .timestamp, .process_id, .process_name, .process_path, .local_addr, .error, .rtt_us,
    ]
    #expect(
      CSV.header(fields)
        == "timestamp,process_id,process_name,process_path,local_addr,error,rtt_us\r\n")
    #expect(
      CSV.row(connection, fields)
        == "2026-11-22T10:00:00.000000Z,7,\"'=a,\\x0a\",,[::1]:1,,12\r\n")
    #expect(CSV.header().hasPrefix("id,timestamp,process_id,process_name,process_path,local_addr,"))
    let columns = CSV.header().split(separator: ",").count
    #expect(columns == RecordField.allCases.count)
    let quoted = CSV.row(connection).split(separator: ",", omittingEmptySubsequences: false)
    #expect(quoted.count == columns + 1)
  }
}
