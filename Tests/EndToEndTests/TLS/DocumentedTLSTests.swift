import Foundation
import TestSupport
import Testing

/// The commands in `docs/tls.md` do as they stand there.
@Suite(
  "Documented TLS",
  .enabled(if: ChildProcess.find("openssl") != nil, "needs openssl"),
  .enabled(if: ChildProcess.find("curl") != nil, "needs curl"))
struct DocumentedTLSTests {
  @Test("A CA is made, a certificate is signed, and both sides take them")
  func commands() async throws {
    let directory = try TestDirectory()
    let document = try Documentation("docs/tls.md")
    let making = document.commands("openssl").map(adapted)
    #expect(making.count == 4)
    let made = try await ChildProcess.run(
      "bash", ["-ec", (["cd \(directory.path)"] + making).joined(separator: "\n")])
    #expect(made.status == 0, "\(made.errors)")

    let serving = try #require(document.commands("netmon").map(adapted).first)
    #expect(serving.hasPrefix("netmon serve "))
    let server = try ChildProcess(
      "bash", ["-c", "cd \(directory.path) && exec \"$NETMON\" \(serving.dropFirst(7))"],
      environment: Netmon.environment.merging(
        ["NETMON": BuiltProducts.netmon, "NETMON_DB": directory("served.db")]) { $1 })
    let line = try #require(await server.errors.line())
    let port = try #require(line.firstMatch(of: /https:\/\/127.0.0.1:([0-9]+)/)?.1)

    let asking = document.commands("netmon", "curl").map(adapted).dropFirst()
    #expect(asking.count == 3)
    for command in asking {
      let once = command.contains("collect") ? " --once --source proc" : ""
      let result = try await Netmon.shell(
        "cd \(directory.path); " + command.replacing(":8443", with: ":\(port)") + once,
        environment: ["NETMON_DB": directory("own.db")])
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    server.send(SIGTERM)
    #expect(await server.status == 0)
  }

  /// Made to fit this machine: its name, any port that is free.
  private func adapted(_ command: String) -> String {
    command.replacing("watch.example", with: "localhost").replacing("192.0.2.7", with: "127.0.0.1")
      .replacing("--host 0.0.0.0 --port 8443", with: "--port 0")
      .replacing("curl ", with: "curl --silent --fail ")
  }
}
