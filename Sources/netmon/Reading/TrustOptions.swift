import Arguments
import AsyncHTTPClient
import NetmonAgent

/// Whose certificates a client accepts.
struct TrustOptions: Sendable {
  var authorities = Sourced(Path?.none)

  static func declarations<Root>(_ part: Property<Root, TrustOptions>) -> Group<Root> {
    Group(part) {
      Option(
        "tls-ca", \.authorities, "FILE", environment: "NETMON_TLS_CA",
        help: "accept what the CAs in this file (PEM) have signed, instead of those of the system")
    }
  }

  /// What is wrong with `--tls-ca` for a server.
  func problem(with server: HTTPURL?) -> String? {
    guard authorities.source == .commandLine, server?.isSecure != true else { return nil }
    return "--tls-ca needs --server with an https:// URL"
  }

  /// Gives `body` a client of a server, and closes it.
  func withClient<Result>(
    of server: HTTPURL, _ body: (RESTClient) async throws -> Result
  ) async throws -> Result {
    let path = server.isSecure ? authorities.value?.string : nil
    let configuration: HTTPClient.Configuration
    do throws(TrustError) {
      configuration = try RESTClient.configuration(trusting: path)
    } catch {
      throw CommandError("--tls-ca: \(error)", .usage)
    }
    return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      try await body(
        RESTClient(server: server.argument, client: client, authorities: path))
    }
  }
}
