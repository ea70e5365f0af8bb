import NetmonCore

extension ErrorExplanation {
  /// The explanation for people, or as one JSON object a line.
  func text(as format: OutputFormat) -> String {
    guard format == .json || format == .jsonl else { return "\(self)\n" }
    var json = JSONWriter()
    json.object { json in
      json.field("error", error.name)
      json.field("errno", Int64(error.number))
      json.field("summary", summary)
      json.field("meaning", meaning)
      json.key("causes")
      json.array(causes) { $0.value($1) }
      json.key("steps")
      json.array(steps) { json, step in
        json.object { json in
          json.field("text", step.text)
          json.field("command", step.command)
        }
      }
      json.field("limits", limits)
    }
    json.endLine()
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
