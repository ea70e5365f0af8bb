import Testing

@testable import NetmonCore

@Suite("Names and host facts")
struct ProcNamesTests {
  @Test(
    arguments: [
      (22, .tcp, "ssh"), (22, .udp, nil), (53, .udp, "domain"), (80, .tcp, "http"), (0, .tcp, nil),
      (90, .tcp, nil), (91, .tcp, nil), (4464, .tcp, nil), (65535, .udp, "last"),
    ] as [(UInt16, TransportProtocol, String?)])
  func services(port: UInt16, transport: TransportProtocol, name: String?) {
    #expect(ServiceNames(path: procFixture("etc/services"))[port, transport] == name)
  }

  @Test("Without the file the common names are known")
  func missingServices() {
    let names = ServiceNames(path: "/nonexistent")
    #expect(names[443, .tcp] == "https")
    #expect(names[123, .udp] == "ntp")
    #expect(names[50000, .tcp] == nil)
  }

  @Test func users() {
    var users = UserNames(path: procFixture("etc/passwd"))
    #expect(users.name(of: 0) == "root")
    #expect(users.name(of: 33) == "www-data")
    #expect(users.name(of: 65534) == "last")
    #expect(users.name(of: 44) == nil)
    #expect(users.name(of: 5) == nil)
    var missing = UserNames(path: "/nonexistent")
    #expect(missing.name(of: 0) == nil)
  }

  @Test("An edited file is read again")
  func editedUsers() throws {
    let tree = try ProcTree()
    tree.write("passwd", "one:x:1:1::/:\n")
    var users = UserNames(path: "\(tree.root)/passwd")
    #expect(users.name(of: 1) == "one")
    tree.write("passwd", "eleven:x:1:1::/:\n")
    #expect(users.name(of: 1) == "eleven")
  }

  @Test func hostFacts() throws {
    let facts = try HostFacts(ProcFS(root: procFixture("healthy")))
    #expect(facts.bootID == "1f0a8c0e-3c55-4a63-9e0e-0b7d3d4a9b11")
    #expect(facts.hostName == "web-1")
    #expect(facts.bootTime.microseconds == 1_763_800_000_000_000)
    let process = ProcessIdentity(pid: 1, startTime: UInt64(facts.ticksPerSecond) * 3 / 2)
    #expect(facts.startTime(of: process)?.microseconds == 1_763_800_001_500_000)
    #expect(facts.startTime(of: ProcessDetails.unknown.identity) == nil)
    #expect(facts.startTime(of: ProcessIdentity(pid: 1, startTime: .max)) == nil)
  }

  @Test func brokenHostFacts() throws {
    let fs = try ProcFS(root: procFixture("broken"))
    #expect(throws: ProcError.self) { try HostFacts(fs) }
  }
}
