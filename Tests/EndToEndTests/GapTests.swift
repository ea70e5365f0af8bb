import Foundation
import Testing
import TestSupport

/// What is missing is said: a collector that was away, its server, and whoever asks either.
@Suite("Gaps", .enabled(if: ChildProcess.find("curl") != nil, "needs curl"))
struct GapTests {
  private let directory: TestDirectory
  private let served: String
  private let collected: String

  init() throws {
    directory = try TestDirectory()
    (served, collected) = (directory("served.db"), directory("collected.db"))
  }

  @Test("A collector's absence reaches the server, and questions say so")
  func absence() async throws {
    let server = try await NetmonService.serve(served)
    let options = ["--server", server.url, "--host-name", "web-1"]
    for signal in [SIGKILL, SIGTERM] {
      let collector = try await NetmonService.collect(collected, options)
      #expect(try await eventually { try await Netmon.query(["--db", served]).count > 0 })
      _ = await collector.stop(with: signal)
    }
    // Both are no more than ten seconds apart, so they may have become one.
    let third = try await NetmonService.collect(collected, options)
    let listing = ["query", "--gaps", "-o", "json"]
    let isDelivered = try await eventually {
      let local = try await gaps(listing + ["--db", collected])
      let remote = try await gaps(listing + ["--server", server.url])
      return !local.isEmpty && remote == local
    }
    #expect(isDelivered)
    #expect(await third.stop() == 0)

    let missing = try await gaps(listing + ["--db", served])
    #expect(missing.allSatisfy { $0.host == "web-1" && $0.reason == "netmon was not running" })
    #expect(missing.allSatisfy { $0.count == nil && $0.from <= $0.to })
    for source in [["--db", served], ["--server", server.url]] {
      for question in [["query", "--limit", "0"], ["query", "--count"], ["errors"]] {
        let plain = try await Netmon.run(question + source)
        #expect(plain.status == 0)
        let note = plain.errors.contains(
          "in this span: netmon query --gaps lists what is missing\n")
        #expect(note, "\(question): \(plain.errors)")
        #expect(plain.errors.count { $0 == "\n" } == 1)
      }
      let elsewhere = try await Netmon.run(["query", "--host", "db-1"] + source)
      #expect(elsewhere.errors.isEmpty)
      let before = try await Netmon.run(["query", "--until", "2026-01-01T00:00Z"] + source)
      #expect(before.errors.isEmpty)
      for format in ["table", "jsonl", "csv"] {
        let list = try await Netmon.run(
          ["query", "--gaps", "-o", format, "--since", "1d"] + source)
        #expect(list.status == 0 && list.errors.isEmpty)
        let lines = list.output.split(whereSeparator: \.isNewline).count
        #expect(lines == missing.count + (format == "jsonl" ? 0 : 1))
      }
    }
    let hosts = try await Netmon.shell("curl -sS \(server.url)/api/hosts")
    #expect(hosts.output.contains(#""host":"web-1","tier":""#))
    #expect(await server.stop() == 0)
  }

  @Test(
    "--gaps takes no other question",
    arguments: [["--count"], ["--live"], ["--sort", "id"], ["error:any"], ["-host:a", "pid:1"]])
  func usage(arguments: [String]) async throws {
    let run = try await Netmon.run(["query", "--gaps"] + arguments)
    #expect(run.status == 2)
    #expect(run.errors.contains("--gaps"))
  }

  private func gaps(_ arguments: [String]) async throws -> [Gap] {
    let run = try await Netmon.run(arguments)
    try #require(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode([Gap].self, from: Data(run.output.utf8))
  }

  private struct Gap: Decodable, Equatable {
    var host: String
    var from: String
    var to: String
    var count: Int?
    var reason: String
    var origin: String
    var revision: Int
  }
}
