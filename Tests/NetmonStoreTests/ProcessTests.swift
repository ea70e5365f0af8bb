import NetmonCore
import NetmonStore
import Testing

@Suite struct ProcessTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store(path: directory.file)
  }

  @Test func detailsLearntLaterComplete() throws {
    var first = sample()
    first.process.user = "alice"
    var second = sample(at: 1)
    second.process.unit = "a.service"
    _ = try store.record([first])
    _ = try Store(path: directory.file).record([second])
    for stored in try store.all() {
      #expect(stored.process.user == "alice")
      #expect(stored.process.unit == "a.service")
    }
    #expect(try store.statistics().processes == 1)
  }

  @Test func contradictionsMakeAnotherRow() throws {
    var first = sample()
    first.process.user = "root"
    var second = sample(at: 1)
    second.process.user = "www-data"
    _ = try store.record([first, second])
    #expect(try store.all().map(\.process.user) == ["www-data", "root"])
  }

  @Test func withoutStartTimeNothingIsGuessed() throws {
    var first = sample()
    first.process = ProcessDetails(identity: ProcessIdentity(pid: 7, startTime: 0), name: "a")
    var second = first
    second.timestamp = .at(1)
    second.process.user = "alice"
    _ = try store.record([first, second])
    #expect(try store.all().map(\.process.user) == ["alice", nil])
  }

  @Test func reusedPidsAndOtherHostsAreOtherProcesses() throws {
    var reused = sample(at: 1)
    reused.process = ProcessDetails(
      identity: ProcessIdentity(pid: 42, startTime: 778), name: "curl")
    var elsewhere = sample(at: 2)
    elsewhere.host = "b"
    _ = try store.record([sample(), reused, elsewhere])
    #expect(try store.processes().count == 3)
  }

  @Test func summariesCountWhatAProcessDid() throws {
    var listen = sample(
      at: 5, local: "0.0.0.0:80", remote: "0.0.0.0:0", state: .LISTEN, closedAfter: nil)
    listen.direction = .listen
    listen.process.user = "root"
    var changed = sample(at: 7, closedAfter: 100)
    changed.process.user = "www-data"
    _ = try store.record([
      sample(error: .ECONNREFUSED), listen, changed, sample(at: 50, process: "ssh", pid: 9),
    ])
    let summaries = try store.processes()
    #expect(summaries.map(\.process.name) == ["ssh", "curl"])
    let curl = summaries[1]
    #expect(curl.connections == 3)
    #expect(curl.errors == 1)
    #expect(curl.open == 1)
    #expect(curl.firstSeen == .at(0))
    #expect(curl.lastSeen == .at(1000))
    #expect(curl.process.user == "www-data")
    #expect(curl.listens == [.init(transport: .tcp, endpoint: "0.0.0.0:80")])
    #expect(try store.processes(limit: 1).count == 1)
    let filter = Filter(terms: [.init(.number(.pid, .equal(9)))])
    #expect(try store.processes(filter).map(\.process.name) == ["ssh"])
  }
}
