import Foundation
import TestCertificates
import TestSupport
import Testing

/// Servers with TLS and their clients, as processes.
@Suite("TLS")
struct SecureServiceTests {
  private let directory: TestDirectory
  private let files: CertificateFiles

  init() throws {
    directory = try TestDirectory()
    files = try CertificateFiles()
  }

  /// The server's URL by the name that its certificate has.
  private func url(_ server: NetmonService) -> String { "https://localhost:\(server.port)" }

  @Test("A collector delivers over TLS, and questions are answered")
  func delivery() async throws {
    let server = try await NetmonService.serve(directory("served.db"), files.options)
    #expect(server.announcement.contains("serving https://127.0.0.1:"))
    let connection = ["--server", url(server), "--tls-ca", files.authority]
    let collector = try await NetmonService.collect(
      directory("own.db"), ["--source", "proc"] + connection)
    #expect(try await eventually { try await !Netmon.query(connection).isEmpty })
    for command in [["errors"], ["proc", "netmon"], ["query", "--count"]] {
      let result = try await Netmon.run(command + connection)
      #expect(result.status == 0, "\(result.errors)")
    }
    // By environment too.
    let result = try await Netmon.run(
      ["query", "--count"],
      environment: ["NETMON_SERVER": url(server), "NETMON_TLS_CA": files.authority])
    #expect(result.status == 0, "\(result.errors)")
    #expect(await collector.stop() == 0)
    #expect(await server.stop() == 0)
  }

  // MARK: - What is refused

  @Test("Files that cannot be used are named at the start, and nothing is made")
  func unusableFiles() async throws {
    let other = try CertificateFiles()
    let cases: [(options: [String], status: Int32, words: [String])] = [
      (["--tls-cert", files.certificate], 2, ["--tls-key"]),
      (["--tls-key", files.key], 2, ["--tls-cert"]),
      (
        ["--tls-cert", files.certificate, "--tls-key", "/nowhere"], 1, ["/nowhere", "No such file"]
      ),
      (["--tls-cert", files.key, "--tls-key", files.key], 1, [files.key, "no certificate"]),
      (
        ["--tls-cert", files.certificate, "--tls-key", other.key], 1,
        [files.certificate, other.key, "does not belong"]
      ),
    ]
    for (options, status, words) in cases {
      let result = try await Netmon.run(
        ["serve", "--db", directory("netmon.db"), "--port", "0"] + options)
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  /// What both sides say of a certificate that a client does not accept.
  private func expectRefusal(
    _ files: CertificateFiles, trusting authority: String, client: String, server words: String
  ) async throws {
    let server = try await NetmonService.serve(directory("served.db"), files.options)
    let connection = ["--server", url(server), "--tls-ca", authority]
    for command in [["query"], ["errors"], ["proc", "x"]] {
      let result = try await Netmon.run(command + connection)
      #expect(result.status == 3)
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.errors.contains(client), "\(result.errors)")
    }
    // A collector says it once, keeps its records, and goes on trying.
    let collector = try await NetmonService.collect(
      directory("own.db"), ["--source", "proc"] + connection)
    let line = try #require(await collector.process.errors.line())
    #expect(line.contains("keeping records") && line.contains(client), "\(line)")
    let isThere = try await eventually {
      try await !Netmon.query(["--db", directory("own.db")]).isEmpty
    }
    #expect(isThere)
    #expect(await collector.stop() == 0)
    let rest = await collector.process.errors.rest()
    // Once more as it stops with what was not delivered.
    #expect(rest.split(separator: "\n").count { $0.contains(client) } <= 1, "\(rest)")
    #expect(await server.stop() == 0)
    let said = await server.process.errors.rest()
    #expect(said.contains(words), "\(said)")
  }

  @Test("An unknown CA is not accepted, which both sides say")
  func unknownAuthority() async throws {
    let other = try CertificateFiles()
    try await expectRefusal(
      files, trusting: other.authority, client: "not signed by a CA in '\(other.authority)'",
      server: "does not know the certificate's CA")
  }

  @Test("An expired certificate is not accepted, which both sides say")
  func expired() async throws {
    let files = try CertificateFiles(validity: -1000 ..< -10)
    try await expectRefusal(
      files, trusting: files.authority, client: "its certificate expired at",
      server: "it says that the certificate has expired")
  }

  @Test("A certificate for another name is not accepted, which both sides say")
  func wrongName() async throws {
    let files = try CertificateFiles(for: ["other.example"])
    try await expectRefusal(
      files, trusting: files.authority, client: "for other.example, not for 'localhost'",
      server: "miss their name in the certificate")
  }

  @Test("A server starts with an expired certificate, says so, and takes up a new one")
  func renewal() async throws {
    let files = try CertificateFiles(validity: -1000 ..< -10)
    let server = try await NetmonService.serve(directory("served.db"), files.options)
    let warning = try #require(await server.process.errors.line())
    #expect(warning.contains("clients will refuse") && warning.contains(files.certificate))
    try files.replace(with: files.issuer.issue())
    #expect(await server.process.errors.line(containing: "new certificate in use") != nil)
    let result = try await Netmon.run(
      ["query", "--count", "--server", url(server), "--tls-ca", files.authority])
    #expect(result.status == 0, "\(result.errors)")
    #expect(await server.stop() == 0)
  }

  @Test("Who follows changes is not cut off when the certificate changes")
  func reload() async throws {
    let server = try await NetmonService.serve(directory("served.db"), files.options)
    let connection = ["--server", url(server), "--tls-ca", files.authority]
    let follower = try ChildProcess(
      BuiltProducts.netmon, ["query", "--follow", "-o", "jsonl"] + connection,
      environment: Netmon.environment)
    let follows = try await eventually {
      let metrics = try await Netmon.shell(
        "curl -sf --cacert '\(files.authority)' '\(url(server))/metrics'")
      return metrics.output.contains("netmon_stream_clients 1\n")
    }
    #expect(follows)
    // Signed by another CA, so that whoever connects anew with the old one fails.
    let other = try CertificateFiles()
    try files.replace(with: other.issuer.issue())
    #expect(await server.process.errors.line(containing: "new certificate in use") != nil)
    #expect(try await Netmon.run(["query", "--count"] + connection).status == 3)
    let collected = try await Netmon.run([
      "collect", "--once", "--source", "proc", "--db", directory("own.db"), "--server", url(server),
      "--tls-ca", other.authority,
    ])
    #expect(collected.status == 0, "\(collected.errors)")
    #expect(await follower.output.line() != nil)
    follower.send(SIGTERM)
    _ = await follower.status
    #expect(await server.stop() == 0)
  }

  @Test("Plaintext to TLS and TLS to plaintext are told from a server that is away")
  func mixedUp() async throws {
    let secure = try await NetmonService.serve(directory("a.db"), files.options)
    let plain = try await NetmonService.serve(directory("b.db"))
    for (url, words) in [
      ("http://localhost:\(secure.port)", "https:// is meant"),
      ("https://localhost:\(plain.port)", "it does not speak TLS"),
    ] {
      let result = try await Netmon.run(["query", "--server", url])
      #expect(result.status == 3)
      #expect(result.errors.contains(words), "\(result.errors)")
      let collected = try await Netmon.run([
        "collect", "--once", "--source", "proc", "--db", directory("c.db"), "--server", url,
      ])
      #expect(collected.status == 3)
      #expect(collected.errors.contains(words), "\(collected.errors)")
    }
    #expect(await secure.stop() == 0)
    #expect(await secure.process.errors.rest().contains("does not speak TLS"))
    #expect(await plain.stop() == 0)
  }

  @Test("The CAs to trust are only for https", arguments: ["query", "collect"])
  func authoritiesWithoutTLS(command: String) async throws {
    let options = ["--db", directory("x.db"), "--server", "http://localhost:1"].dropFirst(
      command == "query" ? 2 : 0)
    let result = try await Netmon.run([command] + options + ["--tls-ca", files.authority])
    #expect(result.status == 2)
    #expect(result.errors.contains("--tls-ca needs"), "\(result.errors)")
  }
}
