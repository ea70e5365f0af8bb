import Arguments

/// How records are printed.
enum OutputFormat: String, CaseIterable, ArgumentValue {
  case table, json, jsonl, csv

  static var placeholder: String { "FORMAT" }
  static var expectation: String { "a format" }
}
