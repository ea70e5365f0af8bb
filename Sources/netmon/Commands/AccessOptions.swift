import Arguments
import NetmonServer

/// Who may use `netmon serve`.
struct AccessOptions: Sendable {
  var tokens: Path?
  var maximumRate = Server.Limits().requestsPerSecond
  var maximumFailures = Server.Limits().failuresPerMinute

  static func declarations<Root>(_ part: Property<Root, AccessOptions>) -> Group<Root> {
    Group(part) {
      Group("Access") {
        Option(
          "tokens", \.tokens, "FILE", environment: TokenPlace.environment,
          help: """
            the token file, by default beside the database with .tokens at its end; naming it asks \
            for tokens before there are any
            """)
        Option(
          "max-rate", \.maximumRate, in: 1...1_000_000, environment: "NETMON_MAX_RATE",
          help: "how many requests a second each token is good for, and at once twice as many")
        Option(
          "max-failures", \.maximumFailures, in: 1...1_000_000,
          environment: "NETMON_MAX_FAILURES",
          help: "how many wrong tokens a minute may come from one address")
      }
    }
  }

  /// `database` is the one that is served.
  func apply(to configuration: inout Server.Configuration, database: String) {
    configuration.tokenFile =
      tokens.map { TokenFile(path: $0.string) } ?? TokenFile(besides: database)
    configuration.asksForTokens = tokens != nil
    configuration.limits.requestsPerSecond = maximumRate
    configuration.limits.failuresPerMinute = maximumFailures
  }
}
