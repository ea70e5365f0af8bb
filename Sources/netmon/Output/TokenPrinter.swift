import NetmonCore
import NetmonServer

/// Prints what is kept of tokens, but for the hashes.
struct TokenPrinter {
  private let console: Console
  private let now: Timestamp

  init(_ console: Console, now: Timestamp) {
    self.console = console
    self.now = now
  }

  func print(_ tokens: [Token], as format: OutputFormat) {
    switch format {
    case .table: printTable(tokens)
    case .json:
      var json = JSONWriter()
      json.array(tokens) { write($1, to: &$0) }
      json.endLine()
      console.write(json.bytes)
    case .jsonl:
      var json = JSONWriter()
      for token in tokens {
        write(token, to: &json)
        json.endLine()
      }
      console.write(json.bytes)
    case .csv:
      console.write(
        CSV.line(["id", "name", "scope", "host", "created", "expires", "revoked", "state"]))
      for token in tokens {
        let times = [token.created, token.expires, token.revoked].map { $0?.description ?? "" }
        console.write(
          CSV.line(
            [token.id, CSV.field(token.name), CSV.field("\(token.scope)")]
              + [CSV.field(token.scope.ingestHost ?? "")] + times + [state(of: token)]))
      }
    }
  }

  private func state(of token: Token) -> String {
    token.revoked != nil ? "revoked" : token.isUsable(at: now) ? "good" : "expired"
  }

  private func write(_ token: Token, to json: inout JSONWriter) {
    json.object { json in
      json.field("id", token.id)
      json.field("name", token.name)
      json.field("scope", "\(token.scope)")
      json.field("host", token.scope.ingestHost)
      json.field("created", token.created)
      json.field("expires", token.expires)
      json.field("revoked", token.revoked)
      json.field("state", state(of: token))
    }
  }

  private func printTable(_ tokens: [Token]) {
    guard !tokens.isEmpty else { return }
    var table = Table([
      .init(title: "ID"), .init(title: "STATE"), .init(title: "SCOPE"),
      .init(title: "HOST", minimum: 8, dropOrder: 2),
      .init(title: "NAME", minimum: 8, dropOrder: 3),
      .init(title: "CREATED", dropOrder: 0), .init(title: "EXPIRES", dropOrder: 1),
    ])
    for token in tokens {
      let state = state(of: token)
      table.add([
        .init(token.id), .init(state, state == "good" ? .good : .dim), .init("\(token.scope)"),
        .init(token.scope.ingestHost ?? "-"), .init(token.name.isEmpty ? "-" : token.name),
        .init("\(token.created)", .dim), .init(token.expires.map { "\($0)" } ?? "-", .dim),
      ])
    }
    console.write(table.render(for: console))
  }
}
