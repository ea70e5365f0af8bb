import Arguments
import Glibc
import NetmonCore
import NetmonServer

/// `netmon token create`: makes a token and shows it, this once.
enum TokenCreateCommand {
  struct Options: Sendable {
    var scopes: ScopeList?
    var host: String?
    var name: String?
    var lifetime: Duration?
    var place = TokenPlace()
  }

  /// Bytes, as many as a host may have in its name.
  private static let longestName = 255

  static let declaration = Command<Netmon.Action>(
    "create",
    summary: "Make a token, and print it",
    discussion: """
      The token is printed alone on standard output, and cannot be shown again. A file that it is \
      written to is made readable by its owner only.
      """,
    examples: [
      Example("netmon token create --expires 90d > page.token", "to read, for three months"),
      Example("netmon token create --for-host web-1 > web-1.token", "for the collector of web-1"),
      Example("netmon token create --scope read,ingest --for-host web-1 > both.token"),
    ],
    options: Options()
  ) {
    Option(
      "scope", \.scopes,
      help: """
        what it is good for: read is everything but sending, ingest is sending what a host records; by \
        default read, or with --for-host ingest
        """)
    Option(
      "for-host", \.host, "NAME",
      help: "the one host whose records may be sent, by the name that its collector gives it")
    Option("name", \.name, help: "a reminder of who uses it, for the list")
    Option(
      "expires", \.lifetime, in: .seconds(60)...(.seconds(100 * 365 * 86_400)),
      help: "how long it is good for; by default until it is revoked")
    TokenPlace.declarations(\.place)
    Check { options in
      if options.host == "" { return "--for-host must not be empty" }
      if (options.name ?? "").utf8.count > longestName {
        return "--name must not be longer than \(longestName) bytes"
      }
      let sends = options.scopes?.scopes.contains(.ingest)
      if sends == true, options.host == nil {
        return "--scope ingest needs --for-host: a token sends the records of one host"
      }
      return sends == false && options.host != nil ? "--for-host needs --scope ingest" : nil
    }
  } action: { options in
    { invocation in try run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) throws {
    let reads = options.scopes?.scopes.contains(.read) ?? (options.host == nil)
    guard let scope = Token.Scope(reads: reads, ingestHost: options.host) else {
      throw CommandError(usage: "--scope: nothing is chosen", of: "token create")
    }
    let now = invocation.now()
    let expires = options.lifetime.map {
      now.advanced(byMicroseconds: $0.components.seconds * 1_000_000)
    }
    let (file, database) = options.place.resolved(invocation.environment)
    var generator = SystemRandomNumberGenerator()
    let (made, isFirst) = try file.edit(besides: database) { list in
      let isFirst = list.tokens.isEmpty
      let made = list.add(
        name: options.name ?? options.host ?? "", scope: scope, created: now, expires: expires,
        using: &generator)
      return (made, isFirst)
    }
    keepFromOthers(STDOUT_FILENO)
    var console = invocation.console
    console.onFailure = { error in
      // Nobody has it, and nobody can be shown it again.
      _ = try? file.edit(besides: database) { $0.revoke(id: made.token.id, at: now) }
      invocation.console.fail(error)
    }
    console.write(made.secret.text + "\n")
    let end = expires.map { ", until \($0)" } ?? ""
    invocation.console.say(
      "made token \(made.token.id) \(made.token.purpose)\(end), in \(file.path); it is not shown again"
    )
    if isFirst {
      invocation.console.say(
        "it is the first one: from now on the server asks for tokens, whoever comes")
    }
  }

  /// Takes a file away from all but its owner; pipes and terminals stay as they are.
  private static func keepFromOthers(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    // Of a file that belongs to somebody else, that one has decided.
    _ = fchmod(descriptor, status.st_mode & ~0o077)
  }
}

/// What a token is good for, separated by commas.
struct ScopeList: Hashable, Sendable {
  enum Scope: String, CaseIterable {
    case read, ingest
  }

  let scopes: Set<Scope>
}

extension ScopeList: ArgumentValue {
  init(argument text: String) throws(InvalidValue) {
    let names = text.split(separator: ",", omittingEmptySubsequences: false)
    scopes = Set(names.compactMap { Scope(rawValue: String($0)) })
    guard scopes.count == names.count else { throw .isNot(Self.expectation) }
  }

  var argument: String {
    Scope.allCases.filter(scopes.contains).map(\.rawValue).joined(separator: ",")
  }
  static var placeholder: String { "SCOPES" }
  static var expectation: String { "read, ingest or read,ingest" }
  static var completion: Completion { .list(Scope.allCases.map(\.rawValue)) }
}
