extension ErrorExplanation {
  /// As `GET /api/errors/explanations` lists it, and `netmon errors --explain -o json` prints it.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("error", error.name)
      json.field("errno", error.number)
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
  }
}
