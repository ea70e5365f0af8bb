import NetmonCore

extension ErrorExplanation {
  /// The explanation for people, or as one JSON object a line.
  func text(as format: OutputFormat) -> String {
    guard format == .json || format == .jsonl else { return "\(self)\n" }
    var json = JSONWriter()
    write(to: &json)
    json.endLine()
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
