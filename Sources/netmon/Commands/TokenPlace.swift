import Arguments
import NetmonServer

/// Which token file a command is about: that of a database, or one that is named.
struct TokenPlace: Sendable {
  var file: Path?
  var database: Path?

  static let environment = "NETMON_TOKENS"

  static func declarations<Root>(_ part: Property<Root, TokenPlace>) -> Group<Root> {
    Group(part) {
      Group("Whose tokens") {
        Option(
          "tokens", \.file, "FILE", environment: environment,
          help: "the token file; by default beside the database, with .tokens at its end")
        Option(
          "db", \.database, environment: "NETMON_DB",
          help: "the database of the server; by default \(DefaultDatabase.forHelp)")
        Exclusive("tokens", "db")
      }
    }
  }

  /// The file, and the database that it belongs to if that is known.
  func resolved(_ environment: [String: String]) -> (file: TokenFile, database: String?) {
    if let file { return (TokenFile(path: file.string), nil) }
    let database = database?.string ?? DefaultDatabase.path(environment)
    return (TokenFile(besides: database), database)
  }
}
