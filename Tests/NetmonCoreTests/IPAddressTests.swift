import NetmonCore
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"), ("127.0.0.1", "127.0.0.1"), ("255.255.255.255", "255.255.255.255"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("fe80::1", "fe80::1"),
    ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
  ])
  func canonicalText(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.04", "01.2.3.4", "1..2.3", ".1.2.3.4",
    "1.2.3.4 ", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
    "::1%eth0", "[::1]", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::", "::256.1.1.1", "1:",
    "localhost", "١.٢.٣.٤", String(repeating: "1", count: 100),
  ])
  func isNoAddress(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func familiesAndKinds() throws {
    #expect(IPAddress("127.8.9.1")!.isLoopback && IPAddress("::1")!.isLoopback)
    #expect(!IPAddress("128.0.0.1")!.isLoopback && !IPAddress("::2")!.isLoopback)
    #expect(IPAddress.anyIPv4.isUnspecified && IPAddress.anyIPv6.isUnspecified)
    #expect(IPAddress("1.2.3.4")!.bytes == [1, 2, 3, 4])
    #expect(
      IPAddress("2001:db8::ff")!.bytes == [0x20, 1, 0x0d, 0xb8] + .init(repeating: 0, count: 11) + [
        0xff
      ])
    #expect(IPAddress("255.0.0.0")! < IPAddress("::")!, "IPv4 sorts first")
    #expect(IPAddress("9.0.0.0")! < IPAddress("10.0.0.0")!, "by number, not by text")
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0", "10.255.255.255"), ("10.1.2.3/31", "10.1.2.2", "10.1.2.3"),
    ("0.0.0.0/0", "0.0.0.0", "255.255.255.255"), ("1.2.3.4", "1.2.3.4", "1.2.3.4"),
    ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::1:2:3:4/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"),
    ("2001:db8:0:0:8000::/65", "2001:db8:0:0:8000::", "2001:db8::ffff:ffff:ffff:ffff"),
    ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("::1/128", "::1", "::1"),
  ])
  func blocks(text: String, first: String, last: String) throws {
    let block = try #require(IPPrefix(text))
    #expect(block.first == IPAddress(first))
    #expect(block.last == IPAddress(last))
    #expect(block.contains(block.first) && block.contains(block.last))
  }

  @Test func blocksHaveEdges() throws {
    let block = try #require(IPPrefix("192.0.2.0/24"))
    #expect(!block.contains(IPAddress("192.0.1.255")!) && !block.contains(IPAddress("192.0.3.0")!))
    #expect(!IPPrefix("::/0")!.contains(IPAddress("1.2.3.4")!), "families are apart")
    for text in ["1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "/8", "::/129", "1.2.3.4/8/8"] {
      #expect(IPPrefix(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("1.2.3.4:0", "1.2.3.4:0"), ("[::1]:443", "[::1]:443"), ("[::ffff:1.2.3.4]:80", "1.2.3.4:80"),
    ("1.2.3.4:65535", "1.2.3.4:65535"),
  ])
  func endpoints(text: String, canonical: String) throws {
    #expect(try #require(Endpoint(text)).description == canonical)
  }

  @Test(arguments: [
    "", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:+1", "1.2.3.4:-1", "::1:443",
    "[::1]", "[::1]:", "[1.2.3.4]:80", "[::1:80", "::1]:80", "host:80", "1.2.3.4:80:80",
    "1.2.3.4:000080",
  ])
  func isNoEndpoint(text: String) {
    #expect(Endpoint(text) == nil)
  }
}
