import NetmonCore
import Testing
import TestSupport

@Suite struct FilterDescriptionTests {
  private static let now = FilterParsingTests.now

  @Test(arguments: [
    ("ERROR:etimedout,any", "error:ECONNTIMEOUT,any"), ("-process_name:curl", "-process:curl"),
    ("state:listen protocol:UDP", "state:LISTEN protocol:udp"), ("my\" \"app,x", "\"my app\",x"),
    ("process:\"a b*\"", "process:\"a b*\""), ("process:\"a\\*\\\"b\"", "process:\"a\\*\\\"b\""),
    ("container:3f2a,\"ab\"", "container:3f2a*,\"ab\""), ("::1", "\"::1\""), ("-\"-x\"", "-\"-x\""),
    ("latency:>1500ms duration:90s", "latency:>1500ms duration:90s"),
    ("latency:1000us..1h", "latency:1ms..1h"), ("bytes:>1000kB,2048,0,7", "bytes:>1MB,2KiB,0,7B"),
    ("\"AND\" \"(a\"", "\"AND\" \"(a\""), ("port:>8000,80..90", "port:8001-65535,80-90"),
    ("latency:<0", "latency:<0"), ("connect_us:7", "latency:7us"),
    ("pid:=5", "pid:5"), ("remote:10.1.2.3/8", "remote:10.0.0.0/8"),
    ("remote:[2001:DB8::1]:443-444", "remote:[2001:db8::1]:443-444"), ("remote:*:80", "remote::80"),
    ("local:*", "local:*"), ("addr::443", "port:443"), ("addr::443,::1", "address::443,::1"),
    ("port:1-2,3", "port:1-2,3"), ("remote:10.0.0.0/8:1", "remote:10.0.0.0/8:1"),
    (
      "since:2026-11-22 until:2026-11-22T10:00:00.5Z",
      "since:2026-11-22T00:00:00.000000Z until:2026-11-22T10:00:00.500000Z"
    ),
    (
      "timestamp:2026-11-22T10:00",
      "timestamp:2026-11-22T10:00:00.000000Z..2026-11-22T10:00:59.999999Z"
    ),
    ("", ""),
  ])
  func canonicalText(_ text: String, _ canonical: String) throws {
    let filter = try Filter(text, now: Self.now)
    #expect(filter.description == canonical)
    #expect(try Filter(canonical, now: Self.now) == filter)
  }

  @Test func whatTheLanguageCannotExpressDoesNotParse() {
    let mixed = Filter(terms: [.init(anyOf: [.state(.LISTEN), .error(.any)])])
    #expect(throws: FilterError.self) { try Filter(mixed.description, now: Self.now) }
  }

  @Test func randomFiltersParseBackToThemselves() throws {
    var random = SplitMix(seed: 1)
    for _ in 0..<5000 {
      let filter = random.filter()
      #expect(try Filter(filter.description, now: Self.now) == filter, "\(filter)")
    }
  }

  /// Random strings, most of them almost filters: each parses to a filter that survives its own
  /// description, or fails with an error that can be shown.
  @Test func randomTextsNeverCrash() throws {
    var random = SplitMix(seed: 2)
    var parsed = 0
    for round in 0..<20_000 {
      let text = random.text()
      do throws(FilterError) {
        let filter = try Filter(text, now: Self.now)
        parsed += 1
        let again = try Filter(filter.description, now: Self.now)
        if again != filter { Issue.record("\(text.debugDescription) is not \(filter)") }
      } catch {
        check(error, in: text)
      }
      do throws(FilterError) {
        if round.isMultiple(of: 2) {
          _ = try Filter(arguments: [text, text], now: Self.now)
        } else {
          _ = try Filter(key: random.pick(Filter.keys).name, value: text, now: Self.now)
        }
      } catch {
        check(error, in: text)
      }
    }
    // The generator is of no use if it hits only one side.
    #expect((2000...18_000).contains(parsed), "\(parsed)")
  }

  private func check(_ error: FilterError, in text: String) {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: error.position, limitedBy: utf8.endIndex)
    let end = start.flatMap {
      utf8.index($0, offsetBy: error.length, limitedBy: utf8.endIndex)
    }
    let isAtCharacters = [start, end].allSatisfy {
      $0.flatMap { $0.samePosition(in: text.unicodeScalars) } != nil
    }
    let line = error.description
    let isPrintable =
      !error.message.isEmpty && terminalSafe(line) == line && displayWidth(line) < 250
    let excerpt = error.excerpt().split(separator: "\n", omittingEmptySubsequences: false)
    let fits = excerpt.count == 2 && excerpt.allSatisfy { displayWidth(String($0)) <= 77 }
    if error.text != text || !isAtCharacters || !isPrintable || !fits {
      Issue.record("\(text.debugDescription): \(error) at \(error.position)+\(error.length)")
    }
  }
}

extension SplitMix {
  fileprivate mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  mutating func list<Element>(
    _ counts: ClosedRange<Int>, of element: (inout SplitMix) -> Element
  ) -> [Element] {
    let count = Int.random(in: counts, using: &self)
    return (0..<count).map { _ in element(&self) }
  }

  // MARK: - Texts

  private static let fragments =
    [
      ":", ":", ",", "-", "\"", "\"", "\\", "*", " ", " ", "\t", "\n", "=", ">", "<", ">=", "..",
      "[", "]", "/", ".", "::", "1", "443", "10.0.0.1", "10.0.0.0/8", "2001:db8::1",
      "::ffff:1.2.3.4",
      "ms", "1h", "5s", "MB", "now", "2026-11-22", "T10:00Z", "0001-01-01",
      "9999-12-31T23:59-23:59",
      "9223372036854775807", "any", "none", "ECONNRESET", "syn_sent", "curl", "é", "e\u{301}", "日本",
      "👩‍💻", "\u{1b}[31m", "\u{0}", "\u{202e}", "\u{85}", "\u{2028}", "\u{feff}", "\u{10ffff}",
      "\r\n",
      "\u{301}", "ß", "K",
    ] + Filter.keys.map { $0.name + ":" } + Filter.keys.map { "\($0.name):\($0.example) " }

  mutating func text() -> String {
    var text = list(0...6) { $0.pick(Self.fragments) }.joined()
    if chance(2) { text += String(repeating: pick(Self.fragments), count: below(300)) }
    return text
  }

  private mutating func value() -> String {
    list(0...4) {
      $0.pick(["a", "Bc", "-", " ", ",", "\"", "\\", "*", ":", "é", "\t", "=", ">", "\u{0}"])
    }.joined()
  }

  // MARK: - Filters that the language can express

  mutating func filter() -> Filter {
    Filter(
      terms: list(0...4) { random in
        let kind = random.below(18)
        let side = random.pick(Filter.Side.allCases)
        let number = random.pick(Filter.NumberField.allCases)
        let text = random.pick(Filter.TextField.allCases)
        let time = random.pick(Filter.TimeField.allCases.filter { $0 != .occurrence })
        return Filter.Term(
          isNegated: random.chance(30),
          anyOf: random.list(1...3) { random in
            random.match(kind, side: side, number: number, text: text, time: time)
          })
      })
  }

  private mutating func match(
    _ kind: Int, side: Filter.Side, number: Filter.NumberField, text: Filter.TextField,
    time: Filter.TimeField
  ) -> Filter.Match {
    switch kind {
    case 0: .error(pick([.any, .none, .exactly(pick(ConnectionError.all))]))
    case 1: .state(pick(TCPState.allCases))
    case 2: .transport(pick(TransportProtocol.allCases))
    case 3: .direction(pick(Direction.allCases))
    case 4: .family(pick(IPAddress.Family.allCases))
    case 5: .stage(pick(ErrorStage.allCases))
    case 6: .source(pick(ErrorSource.allCases))
    case 7: .cause(pick(ErrorCause.allCases))
    case 8, 9, 10:
      .text(text, chance(50) ? .exact(value()) : .glob(list(2...4) { $0.value() }))
    case 11, 12: .number(number, comparison { $0.number() })
    case 13: .time(time, comparison { $0.time() })
    case 14: .time(.occurrence, .less(self.time()))
    case 15: .time(.occurrence, .greaterOrEqual(self.time()))
    case 16: .endpoint(side, prefix: chance(60) ? prefix() : nil, port: chance(50) ? ports() : nil)
    default: .word("x" + value())
    }
  }

  private mutating func comparison<Value>(
    _ value: (inout SplitMix) -> Value
  ) -> Filter.Comparison<Value> {
    let (a, b) = (value(&self), value(&self))
    return pick([
      .equal(a), .less(a), .lessOrEqual(a), .greater(a), .greaterOrEqual(a),
      .between(min(a, b), max(a, b)),
    ])
  }

  private mutating func number() -> Int64 {
    let factor: Int64 = pick([1, 7, 1000, 1024, 60_000_000, 86_400_000_000, 1 << 40])
    return chance(5) ? .max : Int64(below(1000)) * factor
  }

  private mutating func time() -> Timestamp {
    Timestamp(microseconds: Int64(below(253_402_300_800_000_000)))
  }

  private mutating func prefix() -> IPPrefix? {
    if chance(50) {
      return IPPrefix(IPAddress(ipv4: UInt32(truncatingIfNeeded: next())), length: below(33))
    }
    // Global unicast: IPv4-mapped addresses cannot occur.
    return IPPrefix(IPAddress(high: next() >> 3 | 1 << 61, low: next()), length: below(129))
  }

  private mutating func ports() -> ClosedRange<UInt16> {
    let (a, b) = (UInt16(below(65_536)), UInt16(below(65_536)))
    return chance(50) ? a...a : min(a, b)...max(a, b)
  }
}
