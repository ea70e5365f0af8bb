import NetmonAgent
import NetmonCore

extension Parser {
  /// Documents as clients post them: JSON, and records of it. What is accepted is written and read again.
  static func json(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let seeds =
      try [Samples.plain, Samples.whole].map { Array($0.utf8) } + [
        corpus.exchanged("server-connections.json"), corpus.exchanged("agent-gaps.json"),
        corpus.exchanged("server-errors.json"),
      ]
    return Parser(name: "json", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      let value = Result { () throws(JSONError) in try JSONValue(input) }
      try JSONReference.compare(input, value)
      guard try records(of: input, as: .json) != nil else { return }
      if case .failure(let error) = value {
        throw BrokenInvariant("records that are not JSON: \(error)")
      }
    }
  }

  /// Records as collectors post them, one a line. Each says the same alone as among others.
  static func lines(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let names = (1...5).map { "agent-connections-\($0).ndjson" }
    let plain = Array(Samples.plain.split(separator: "\n").joined().utf8) + [UInt8(ascii: "\n")]
    let seeds = try names.map { name throws(CorpusError) in try corpus.exchanged(name) }
    return Parser(
      name: "ndjson", isKernel: false, seeds: seeds + [plain + plain, seeds.flatMap { $0 }]
    ) { input throws(BrokenInvariant) in
      let together = try records(of: input, as: .lines)
      var alone: [String] = []
      for line in input.split(separator: UInt8(ascii: "\n"))
      where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
        guard let read = try? RecordReader.read(Array(line), as: .json), read.isSingle else {
          return
        }
        alone += read.connections.map(\.json)
      }
      try require(together == alone, "together they are others")
    }
  }

  /// The JSON of the records of a document, nil if it is refused. Both readers must have read the same.
  private static func records(
    of input: [UInt8], as form: RecordReader.Form
  ) throws(BrokenInvariant) -> [String]? {
    let read = Result { () throws(RecordReader.Rejection) in
      try RecordReader.read(input, as: form)
    }
    let exactly = Result { () throws(RecordReader.Rejection) in
      try RecordReader.read(input, as: form, exactly: true)
    }
    switch (read, exactly) {
    case (.success(let read), .success(let exact)):
      try require(
        read.connections == exact.connections && read.isSingle == exact.isSingle,
        "the fast reader reads others")
    case (.failure(let read), .failure(let exact)):
      try require(read.mistakes == exact.mistakes, "the fast reader finds other mistakes")
      return nil
    default: throw BrokenInvariant("one reader refuses what the other accepts")
    }
    guard case .success(let result) = read else { return nil }
    return try result.connections.map { record throws(BrokenInvariant) in
      let text = record.json
      let again = try? RecordReader.read(Array(text.utf8), as: .json)
      try require(again?.connections.first?.json == text, "read again it differs: \(text)")
      return text
    }
  }

  /// What a server sends to those who follow it, in one piece and in several.
  static func events(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let text = ": beat\r\nid\r\ndata:a\r\ndata\ndata: \n\nid: 7\n\nevent:e\nretry: 1\n\n"
    let seeds = [Array(text.utf8), try corpus.exchanged("server-stream.txt")]
    return Parser(name: "events", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      let whole = events(in: [input[...]])
      try require(whole == events(in: Pieces.of(input)), "cut otherwise they are others")
      let size = whole.reduce(0) { $0 + $1.data.count }
      try require(size <= input.count, "more data than was sent")
      for event in whole where event.name == "connection" {
        _ = try records(of: event.data, as: .json)
      }
    }
  }

  private static func events(in pieces: [ArraySlice<UInt8>]) -> [EventParser.Event] {
    var parser = EventParser()
    var events: [EventParser.Event] = []
    for piece in pieces {
      parser.append(piece)
      while let event = try? parser.next() { events.append(event) }
    }
    return events
  }

  /// `Link` fields of a server's answers.
  static func link() -> Parser {
    let seeds = [
      #"</api/connections?cursor=5&q=a%2Cb>; rel="next""#, #"</a>; rel=prev, </b>;x=y ; rel=next"#,
      "<>;rel=next", "</a>, ; rel",
    ].map { Array($0.utf8) }
    return Parser(name: "link", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      let text = String(decoding: input, as: UTF8.self)
      guard let target = RESTClient.nextLink(text) else { return }
      try require(text.contains("<\(target)>"), "it says nothing of \(target)")
    }
  }
}

/// Records that no program of netmon has written.
private enum Samples {
  static let plain = #"""
    {"timestamp":"2026-11-22T10:00:00.123456Z","process_id":42,"process_name":"cürl\u0000",
     "process_path":"/usr/bin/curl","local_addr":"127.0.0.1:4000","remote_addr":"[::1]:443",
     "error":"ETIMEDOUT","service_name":"https","protocol":"tcp","state":"SYN_SENT"}
    """#
  static let whole = #"""
    [{"id":7,"timestamp":"2026-11-22T10:00:00Z","process_id":0,"process_name":"\ud83d\ude00",
      "process_path":"","local_addr":"[::ffff:10.0.0.1]:1","remote_addr":"10.0.0.2:65535",
      "error":null,"service_name":null,"protocol":"udp","state":"CLOSE","host":"a",
      "origin":"0123456789abcdef/9007199254740991","revision":3,"family":"ipv4",
      "direction":"outbound","errno":111,"error_stage":"datagram","error_source":"kernel",
      "error_cause":"icmp","connect_us":1,"duration_us":-0,"bytes_sent":1e3,"rtt_us":1.5,
      "x":[{"y":[true,false,null,-1.5e-9,"\\\/\b\f\n\r\t"]}]}, {}]
    """#
}
