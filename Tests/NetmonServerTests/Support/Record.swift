/// A record as a client writes it: the documented fields, each of which may be changed or left out.
struct Record {
  /// JSON by field.
  var fields: [(name: String, json: String)] = [
    ("timestamp", #""2026-11-22T10:00:00.000000Z""#),
    ("process_id", "1234"),
    ("process_name", #""curl""#),
    ("process_path", #""/usr/bin/curl""#),
    ("local_addr", #""192.0.2.10:51234""#),
    ("remote_addr", #""198.51.100.7:443""#),
    ("error", #""ECONNREFUSED""#),
    ("service_name", #""https""#),
    ("protocol", #""tcp""#),
    ("state", #""CLOSE""#),
  ]

  /// With a field's JSON changed, added, or (nil) left out.
  func with(_ name: String, _ json: String?) -> Record {
    var copy = self
    let index = copy.fields.firstIndex { $0.name == name }
    switch (index, json) {
    case (let index?, let json?): copy.fields[index].json = json
    case (let index?, nil): copy.fields.remove(at: index)
    case (nil, let json?): copy.fields.append((name, json))
    case (nil, nil): break
    }
    return copy
  }

  var json: String {
    "{" + fields.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
  }

  /// So many records, a second apart.
  static func series(_ count: Int) -> [Record] {
    (0..<count).map { index in
      let (minute, second) = (index / 60 % 60, index % 60)
      let time = "2026-11-22T09:\(padded(minute)):\(padded(second)).000000Z"
      return Record().with("timestamp", "\"\(time)\"").with("process_id", "\(index + 1)")
    }
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension [Record] {
  var json: String { "[" + map(\.json).joined(separator: ",") + "]" }
  var lines: String { map { $0.json + "\n" }.joined() }
}
