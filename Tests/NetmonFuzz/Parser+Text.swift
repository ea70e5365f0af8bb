import NetmonCore

extension Parser {
  /// Records as clients post them. What is accepted is written and read again.
  static func records() -> Parser {
    let plain = #"""
      {"timestamp":"2026-11-22T10:00:00.123456Z","process_id":42,"process_name":"cürl\u0000",
       "process_path":"/usr/bin/curl","local_addr":"127.0.0.1:4000","remote_addr":"[::1]:443",
       "error":"ETIMEDOUT","service_name":"https","protocol":"tcp","state":"SYN_SENT"}
      """#
    let whole = #"""
      [{"id":7,"timestamp":"2026-11-22T10:00:00Z","process_id":0,"process_name":"\ud83d\ude00",
        "process_path":"","local_addr":"[::ffff:10.0.0.1]:1","remote_addr":"10.0.0.2:65535",
        "error":null,"service_name":null,"protocol":"udp","state":"CLOSE","host":"a",
        "origin":"0123456789abcdef/9007199254740991","revision":3,"family":"ipv4",
        "direction":"outbound","errno":111,"error_stage":"datagram","error_source":"kernel",
        "error_cause":"icmp","connect_us":1,"duration_us":-0,"bytes_sent":1e3,"rtt_us":1.5,
        "x":[{"y":[true,false,null,-1.5e-9,"\\\/\b\f\n\r\t"]}]}, {}]
      """#
    let lines = plain.split(separator: "\n").joined() + "\n"
    let seeds = [plain, whole, lines + lines].map { Array($0.utf8) }
    return Parser(name: "records", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      for form in [RecordReader.Form.json, .lines] {
        guard let read = try? RecordReader.read(input, as: form) else { continue }
        for record in read.connections {
          let text = record.json
          let again = try? RecordReader.read(Array(text.utf8), as: .json)
          try require(again?.connections.first?.json == text, "read again it differs: \(text)")
        }
      }
    }
  }

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
