import Arguments
import Testing

@testable import netmon

@Suite struct ListeningOptionsTests {
  @Test(arguments: [
    (wanted: 4096, files: UInt(1_000_000), served: 4096),
    (wanted: 4096, files: UInt(1024), served: 656), (wanted: 100, files: UInt(1024), served: 100),
    (wanted: 4096, files: UInt(256), served: 100), (wanted: 8, files: UInt.max, served: 8),
  ])
  func connectionsLeaveFilesForTheRest(wanted: Int, files: UInt, served: Int) {
    var options = ListeningOptions()
    options.maximumConnections = wanted
    #expect(options.connections(openFiles: files) == served)
  }

  @Test func namesMayBeSeveral() throws {
    #expect(
      try HostNames(argument: "watch.example,192.0.2.1,2001:db8::1").names
        == ["watch.example", "192.0.2.1", "2001:db8::1"])
    #expect(try HostNames(argument: "a,b").argument == "a,b")
    for text in ["", "a,", "http://a", "a:80", "a b"] {
      #expect(throws: InvalidValue.self, "\(text)") { try HostNames(argument: text) }
    }
  }
}
