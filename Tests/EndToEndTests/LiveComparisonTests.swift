import Foundation
import Testing

/// 2,000 connections of 10 processes in 3 network namespaces, listed by `netmon` and by `ss`.
@Suite("netmon query --live beside ss")
struct LiveComparisonTests {
  @Test(
    "Both list the same sockets with the same owners",
    .enabled(if: ChildProcess.find("ss") != nil, "needs ss (Debian: iproute2)"),
    .enabled("needs root, and nsenter and unshare (Debian: util-linux)") {
      guard ChildProcess.find("nsenter") != nil else { return false }
      return (try? await ChildProcess.run("unshare", ["--net", "true"]))?.status == 0
    })
  func sameSockets() async throws {
    var farms: [SocketFarm] = []
    for index in 0..<10 {
      farms.append(try await SocketFarm(Self.options + (index < 2 ? ["--new-namespace"] : [])))
    }
    #expect(Set(try farms.map { try networkNamespace(of: $0.pid) }).count == 3)

    // A table that other processes change while it is read may lack one of its sockets, so one
    // agreement within the deadline is asked for.
    let deadline = ContinuousClock.now + .seconds(20)
    var (ours, theirs): (Set<SocketRow>, Set<SocketRow>)
    repeat {
      (ours, theirs) = (try await listByNetmon(farms), try await listBySS(farms))
    } while ours != theirs && ContinuousClock.now < deadline

    #expect(Array(ours.subtracting(theirs).prefix(10)) == [], "only netmon lists these")
    #expect(Array(theirs.subtracting(ours).prefix(10)) == [], "only ss lists these")
    #expect(ours.count == farms.reduce(0) { $0 + $1.count }, "sockets of their own are missing")

    for farm in farms {
      farm.process.closeInput()
      #expect(await farm.process.status == 0)
    }
  }

  /// What each process holds: 200 connections in five states, over both families if there are two.
  private static let options: [String] = {
    let inet6 = try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)
    let hasIPv6 = inet6?.isEmpty == false
    let ipv4 = ["--half-closed", "10", "--udp", "5"]
    return ipv4
      + (hasIPv6
        ? ["--connections", "120", "--ipv6", "40", "--mapped", "20", "--udp6", "5"]
        : ["--connections", "185"])
  }()

  private func listByNetmon(_ farms: [SocketFarm]) async throws -> Set<SocketRow> {
    let listing = try await ChildProcess.run(
      BuiltProducts.netmon, ["query", "--live", "--limit", "0", "-o", "json"])
    try #require(listing.status == 0, "\(listing.errors)")
    return try owned(by: farms, SocketRow.fromNetmon(listing.output))
  }

  /// `ss` sees one namespace, so it is run in each.
  private func listBySS(_ farms: [SocketFarm]) async throws -> Set<SocketRow> {
    var rows: [SocketRow] = []
    for (namespace, members) in Dictionary(
      grouping: farms, by: { try? networkNamespace(of: $0.pid) })
    {
      let (namespace, pid) = (try #require(namespace), members[0].pid)
      let listing = try await ChildProcess.run(
        "nsenter", ["--net=/proc/\(pid)/ns/net", "ss", "-Htanup"])
      try #require(listing.status == 0, "\(listing.errors)")
      rows += SocketRow.fromSS(listing.output, networkNamespace: namespace)
    }
    return try owned(by: farms, rows)
  }

  /// The rows of these processes; no socket may be listed twice.
  private func owned(by farms: [SocketFarm], _ rows: [SocketRow]) throws -> Set<SocketRow> {
    let pids = Set(farms.map(\.pid))
    let owned = rows.filter { pids.contains($0.pid) }
    let distinct = Set(owned)
    try #require(distinct.count == owned.count, "a socket is listed twice")
    return distinct
  }

  /// The number in `net:[4026531833]` (namespaces(7)).
  private func networkNamespace(of pid: Int32) throws -> UInt64 {
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/net")
    return try #require(UInt64(link.dropFirst(5).dropLast()))
  }
}
