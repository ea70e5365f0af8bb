import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import NetmonCore
import TestSupport

/// A client that does what clients do, and takes the time.
final class ServedClient {
  private let url: String
  private let client: HTTPClient
  private var load = Load(agent: "aaaaaaaaaaaaaaaa", seed: 1)
  private var number: Int64 = 0
  private(set) var times: [Duration] = []
  private(set) var failures: [String] = []

  init(url: String, trusting authority: NIOSSLCertificate?) {
    self.url = url
    var configuration = HTTPClient.Configuration()
    var tls = TLSConfiguration.makeClientConfiguration()
    if let authority { tls.trustRoots = .certificates([authority]) }
    configuration.tlsConfiguration = tls
    client = HTTPClient(configuration: configuration)
  }

  func end() throws { try client.syncShutdown() }

  /// Asks and posts in turns, twenty times a second, every other time on a connection of its own.
  func work(for time: Duration, _ meanwhile: () throws -> Void) throws {
    let end = ContinuousClock.now + time
    var turn = 0
    while ContinuousClock.now < end {
      try work(turn)
      turn += 1
      try meanwhile()
      pause(for: .milliseconds(50))
    }
  }

  private func work(_ turn: Int) throws {
    var request: HTTPClient.Request
    switch turn / 2 % 4 {
    case 0: request = try HTTPClient.Request(url: url + "/api/stats")
    case 1: request = try HTTPClient.Request(url: url + "/api/connections?limit=100")
    case 2: request = try HTTPClient.Request(url: url + "/healthz")
    default:
      request = try HTTPClient.Request(url: url + "/api/connections", method: .POST)
      request.headers.add(name: "Content-Type", value: "application/x-ndjson")
      let records = load.records(number..<number + 10, at: Timestamp.valid.lowerBound)
      number += 10
      request.body = .string(records.map { $0.json + "\n" }.joined())
    }
    if turn.isMultiple(of: 2) { request.headers.add(name: "Connection", value: "close") }
    let start = ContinuousClock.now
    do {
      let answer = try client.execute(request: request, deadline: .now() + .seconds(30)).wait()
      times.append(start.duration(to: .now))
      if answer.status.code != 200 { failures.append("\(request.url.path): \(answer.status)") }
    } catch {
      failures.append("\(request.url.path): \(error)")
    }
  }
}
