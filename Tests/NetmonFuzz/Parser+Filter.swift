import NetmonCore

extension Parser {
  /// Filters as they are typed. What is accepted is written and read again.
  static func filter() -> Parser {
    let now = Timestamp(microseconds: 1_790_000_000_000_000)
    let seeds = [
      "error:ECONNREFUSED,ECONNRESET process:nginx since:1h", "error:any", "-error:none",
      "remote:10.0.0.0/8 port:443 -state:ESTABLISHED", "remote:[2001:db8::]/32",
      "remote:10.1.2.3:443 remote::443 local:[::1]:80", "latency:>100ms duration:<=5s bytes:>1MB",
      "until:2026-11-22T10:00Z since:1h30m", "path:/usr/bin/* \"a b\" *x* protocol:udp",
      "pid:1234 user:www-data unit:nginx.service container:3f2a host:web-1 service:https",
    ].map { Array($0.utf8) }
    let sample = Connection(
      timestamp: now, transport: .tcp, state: .CLOSE, local: Endpoint(IPAddress(ipv4: 0), 0),
      remote: Endpoint(IPAddress(ipv4: 0x7F00_0001), 443))
    return Parser(name: "filter", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      guard let filter = try? Filter(String(decoding: input, as: UTF8.self), now: now) else {
        return
      }
      _ = filter.matches(sample)
      let text = filter.description
      try require((try? Filter(text, now: now)) == filter, "read again it differs: \(text)")
    }
  }
}
