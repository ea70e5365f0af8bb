import NetmonCore
import Testing

@Suite struct FilterKeyTests {
  @Test(arguments: RecordField.allCases)
  func everyFieldOfTheRecordIsAKey(_ field: RecordField) {
    #expect(Filter.key(named: field.rawValue) != nil)
    #expect(Filter.key(named: field.rawValue.uppercased()) != nil)
  }

  @Test(arguments: [
    "error", "pid", "process", "path", "user", "unit", "container", "host", "protocol", "state",
    "direction", "service", "remote", "local", "port", "latency", "duration", "bytes", "since",
    "until", "at",
  ])
  func documentedKeysAreCanonical(_ name: String) {
    #expect(Filter.key(named: name)?.name == name)
  }

  @Test(arguments: [
    ("process_id", "pid"), ("process_name", "process"), ("process_path", "path"),
    ("remote_addr", "remote"), ("local_addr", "local"), ("service_name", "service"),
    ("connect_us", "latency"), ("duration_us", "duration"), ("stage", "error_stage"),
    ("source", "error_source"), ("cause", "error_cause"),
  ])
  func aliases(_ alias: String, _ name: String) {
    #expect(Filter.key(named: alias)?.name == name)
  }

  @Test func namesAreUnique() {
    let names = Filter.keys.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0 == $0.lowercased() })
  }

  @Test(arguments: Filter.keys)
  func examplesAndValuesParse(_ key: Filter.Key) throws {
    let now = Timestamp(microseconds: 1_795_000_000_000_000)
    for value in [key.example] + key.values {
      for name in [key.name] + key.aliases {
        let filter = try Filter("\(name):\(value)", now: now)
        #expect(filter == (try Filter(key: key.name, value: value, now: now)))
        #expect(filter.description.hasPrefix(key.name + ":"))
      }
    }
    #expect(!key.summary.isEmpty)
    #expect((key.kind == .choice) == !key.values.isEmpty)
  }

  @Test func theCanonicalErrorsComeFirst() {
    #expect(
      Filter.key(named: "error")?.values.prefix(8) == [
        "any", "none", "ECONNREFUSED", "ECONNABORTED", "ECONNRESET", "ECONNTIMEOUT",
        "EHOSTUNREACH", "ENETUNREACH",
      ])
  }

  @Test func unknownNamesAreNoKeys() {
    #expect(Filter.isKey("error") && Filter.isKey("REMOTE_ADDR"))
    #expect(!Filter.isKey("limit") && !Filter.isKey("q") && !Filter.isKey("-error"))
    #expect(!Filter.isKey(""))
  }
}
