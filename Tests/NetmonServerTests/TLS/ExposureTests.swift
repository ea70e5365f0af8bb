import Testing

@testable import NetmonServer

@Suite struct ExposureTests {
  private func configuration(
    _ host: String, names: [String] = [], machine: String? = nil
  ) -> Server.Configuration {
    var configuration = Server.Configuration(host: host, hostNames: names, now: { testNow })
    configuration.machineName = machine
    return configuration
  }

  @Test(arguments: ["127.0.0.1", "::1", "[::1]", "localhost", "127.3.4.5"])
  func loopbackNeedsNoTLS(host: String) throws {
    try configuration(host).checkExposure()
  }

  @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
  func elsewherePlaintextIsRefused(host: String) throws {
    var configuration = configuration(host)
    #expect(throws: ServerError.plaintextExposed(host: host)) {
      try configuration.checkExposure()
    }
    let text = "\(ServerError.plaintextExposed(host: host))"
    #expect(text.contains("--tls-cert") && text.contains("--insecure-plaintext"))
    configuration.allowsPlaintext = true
    try configuration.checkExposure()
    configuration.allowsPlaintext = false
    configuration.tls = TLSFiles(certificate: "c", key: "k")
    try configuration.checkExposure()
  }

  private func accepts(
    _ host: String, at address: String?, _ configuration: Server.Configuration
  ) throws -> Bool {
    HostRule(configuration).accepts(try #require(Authority(host)), at: address)
  }

  @Test func onLoopbackOnlyLoopbackNamesAndThoseGiven() throws {
    let configuration = configuration("127.0.0.1", names: ["watch.example"], machine: "web-1")
    for host in ["localhost", "127.0.0.1:80", "[::1]", "watch.example", "WATCH.example:9"] {
      #expect(try accepts(host, at: "127.0.0.1", configuration), "\(host)")
    }
    for host in ["web-1", "192.0.2.1", "example.org"] {
      #expect(try !accepts(host, at: "127.0.0.1", configuration), "\(host)")
      // Not even where that is where the connection came to.
      #expect(try !accepts(host, at: "192.0.2.1", configuration), "\(host)")
    }
  }

  @Test func elsewhereAlsoTheMachinesNameAndTheAddressThatWasConnectedTo() throws {
    let configuration = configuration(
      "0.0.0.0", names: ["watch.example", "2001:db8::7"], machine: "Web-1.example.org")
    for host in [
      "localhost", "web-1", "web-1.example.org:8443", "watch.example", "192.0.2.1", "0.0.0.0",
      "[2001:db8::7]",
    ] {
      #expect(try accepts(host, at: "192.0.2.1", configuration), "\(host)")
    }
    for host in ["192.0.2.2", "example.org", "web-1.evil.example", "evil.example", "[2001:db8::1]"]
    {
      #expect(try !accepts(host, at: "192.0.2.1", configuration), "\(host)")
    }
    #expect(try accepts("[2001:DB8:0::1]", at: "2001:db8::1", configuration))
    #expect(try accepts("192.0.2.1", at: "::ffff:192.0.2.1", configuration))
    #expect(try !accepts("192.0.2.1", at: nil, configuration))
  }

  @Test func namesThatCanBeGiven() {
    for name in ["watch.example", "a", "192.0.2.1", "2001:db8::7", "a_b", "::1"] {
      #expect(Server.isHostName(name), "\(name)")
    }
    for name in ["", "a:80", "http://a", "a b", "*.example", "[::1]:80", "é"] {
      #expect(!Server.isHostName(name), "\(name)")
    }
  }
}
