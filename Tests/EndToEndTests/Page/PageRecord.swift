import Foundation

/// A record as a page test posts it: of one of two hosts, some seconds ago.
struct PageRecord: Encodable {
  var timestamp: String
  var process_id = 100
  var process_name = "curl"
  var process_path: String
  var local_addr = "192.0.2.1:40000"
  var remote_addr = "198.51.100.7:443"
  var error: String?
  var service_name = "https"
  var `protocol` = "tcp"
  var state: String
  var host = "web-1"
  var direction = "outbound"
  var closed_at: String?
  var duration_us: Int?
  var bytes_sent: Int?

  init(
    secondsAgo: Int, process: String = "curl", pid: Int = 100, error: String? = nil,
    isOpen: Bool = false
  ) {
    let opened = Date.now.addingTimeInterval(-Double(secondsAgo))
    timestamp = opened.formatted(.iso8601)
    process_name = process
    process_path = "/usr/bin/\(process)"
    process_id = pid
    self.error = error
    state = isOpen ? "ESTABLISHED" : "CLOSE"
    if !isOpen { closed_at = opened.addingTimeInterval(1).formatted(.iso8601) }
  }

  /// Two processes and two hosts, of which every third attempt fails, each second one.
  static func series(_ count: Int) -> [PageRecord] {
    let errors = ["ECONNREFUSED", "ECONNTIMEOUT", "ECONNRESET"]
    return (0..<count).map { index in
      let isNginx = index.isMultiple(of: 2)
      var record = PageRecord(
        secondsAgo: index, process: isNginx ? "nginx" : "curl", pid: isNginx ? 200 : 100,
        error: index.isMultiple(of: 3) ? errors[index / 3 % 3] : nil,
        isOpen: index % 10 == 1)
      record.remote_addr = "198.51.100.\(index % 20):443"
      record.host = index.isMultiple(of: 5) ? "web-2" : "web-1"
      record.duration_us = record.closed_at == nil ? nil : 1000 * (index * 37 % 500)
      record.bytes_sent = 10 * index
      return record
    }
  }
}
