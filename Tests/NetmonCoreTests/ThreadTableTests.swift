import NetmonCore
import Testing

@Suite struct ThreadTableTests {
  private let start: UInt64 = 1_000_000_000_000

  private func table() -> ThreadTable {
    var table = ThreadTable(clock: EventClock(realtimeOffset: 0, boottimeOffset: 0))
    var shell = ProcessDetails(
      identity: ProcessIdentity(pid: 10, startTime: 5), name: "sh", path: "/bin/sh")
    shell.userID = 1000
    shell.container = "c1"
    table.seed(shell, threads: [10, 11], networkNamespace: 4026)
    return table
  }

  private func play(_ script: String, on table: inout ThreadTable) throws {
    for event in try EventScript(start: start).events(script) { table.handle(event) }
  }

  @Test func forkInheritsAndExecRenames() throws {
    var table = table()
    try play("10 fork 20/20 10/11\n20 exec 20 curl\n20 path 20 /usr/bin/curl", on: &table)
    let curl = table.process(of: 20)
    #expect(curl.identity == ProcessIdentity(pid: 20, startTime: 100_000))
    #expect(curl.name == "curl" && curl.path == "/usr/bin/curl")
    #expect(curl.parentID == 10 && curl.parentName == "sh")
    #expect(curl.userID == 1000 && curl.container == "c1")
    #expect(table.networkNamespace(of: 20) == 4026)
    #expect(table.takeUnread().map(\.pid) == [20, 20])
    #expect(table.takeUnread().isEmpty)
  }

  @Test func threadsBelongToTheirProcess() throws {
    var table = table()
    try play("10 fork 10/12 10/10\n12 name 10/12 worker\n12 net 10/12 77", on: &table)
    #expect(table.process(of: 12).name == "sh", "a thread's name is not the process's")
    #expect(table.networkNamespace(of: 12) == 77 && table.networkNamespace(of: 10) == 4026)
    try play("10 name 10/10 renamed", on: &table)
    #expect(table.process(of: 12).name == "renamed")
  }

  @Test func theDeadAreRememberedForAWhile() throws {
    var table = table()
    try play("10 fork 20/20 10/10\n20 gone 20/20", on: &table)
    table.advance(to: start + 1_000_000_000)
    #expect(table.process(of: 20).name == "sh")
    table.advance(to: start + 9_000_000_000)
    #expect(table.process(of: 20) == .unknown)
    #expect(table.processCount == 1 && table.threadCount == 2)
  }

  @Test func aPidGivenOutAgainIsAnotherProcess() throws {
    var table = table()
    try play("10 fork 20/20 10/10\n20 gone 20/20\n+1s\n10 fork 20/20 10/10", on: &table)
    table.advance(to: start + 5_500_000_000)
    #expect(table.process(of: 20).identity.startTime == 100_100)
    table.advance(to: start + 60_000_000_000)
    #expect(table.process(of: 20).identity.pid == 20, "the new one lives")
  }

  @Test func execInAnotherThreadKeepsTheProcess() throws {
    var table = table()
    // The leader says goodbye, then the thread takes its id.
    try play("11 gone 10/10\n11 gone 10/11\n10 exec 10 cat\n10 path 10 /bin/cat", on: &table)
    table.advance(to: start + 60_000_000_000)
    #expect(table.process(of: 10).path == "/bin/cat")
    #expect(table.threadCount == 1)
  }

  @Test func whatWasReadFromProcCompletesTheEvents() throws {
    var table = table()
    try play("10 fork 20/20 10/10\n20 exec 20 nginx", on: &table)
    var read = ProcessDetails(
      identity: ProcessIdentity(pid: 20, startTime: 100_001), name: "nginx", path: "/usr/sbin/nginx"
    )
    read.userID = 33
    read.unit = "nginx.service"
    table.learn(read)
    let known = table.process(of: 20)
    #expect(known.userID == 33 && known.unit == "nginx.service" && known.container == nil)
    #expect(known.path == "/usr/sbin/nginx", "no event had told it")
    #expect(known.identity.startTime == 100_001, "the kernel's own")
    read.identity = ProcessIdentity(pid: 20, startTime: 200_000)
    read.userID = 0
    table.learn(read)
    #expect(table.process(of: 20).userID == 33, "that was another process")
  }

  @Test func replayAfterTheScanChangesNothing() throws {
    var table = table()
    var child = ProcessDetails(
      identity: ProcessIdentity(pid: 20, startTime: 100_000), name: "curl", path: "/usr/bin/curl")
    child.userID = 7
    child.unit = "job.service"
    table.seed(child, threads: [20], networkNamespace: 4026)
    try play("10 fork 20/20 10/10\n20 exec 20 curl\n20 path 20 /usr/bin/curl", on: &table)
    let known = table.process(of: 20)
    #expect(known.name == "curl" && known.path == "/usr/bin/curl")
    #expect(known.userID == 7 && known.unit == "job.service")
  }

  @Test func processesWhoseEndWasLostAreForgotten() throws {
    var table = table()
    try play("10 fork 20/20 10/10\n10 fork 30/30 10/10", on: &table)
    let (threads, processes) = (table.threadCount, table.processCount)
    let time: UInt64 = 2_000_000_000_000
    table.endAll(except: [10, 30], at: time)
    #expect(table.process(of: 20).identity.pid == 20, "other events may still refer to it")
    table.advance(to: time + ThreadTable.grace + 1)
    #expect(table.process(of: 20) == .unknown && table.process(of: 30).identity.pid == 30)
    #expect(table.threadCount == threads - 1 && table.processCount == processes - 1)
  }

  @Test func unknownThreads() {
    let table = table()
    #expect(table.process(of: 999) == .unknown && table.networkNamespace(of: 999) == 0)
  }
}
