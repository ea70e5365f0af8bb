/// What one scan cost, as one line of text from the process that scanned to the one that reports.
struct ScanFigures {
  var cost: Measurement
  /// Time spent on namespaces, tables and counters.
  var tables: Duration
  /// Time spent on owners and their details.
  var owners: Duration
  var sockets: Int
}

extension ScanFigures: LosslessStringConvertible {
  /// Times are in microseconds, memory in bytes.
  var description: String {
    let times = [("wall", cost.wall), ("cpu", cost.cpu), ("tables", tables), ("owners", owners)]
    return times.map { "\($0) \(Int($1 / .microseconds(1)))" }.joined(separator: " ")
      + " memory \(cost.peakMemory) sockets \(sockets)"
  }

  init?(_ description: String) {
    let words = description.split(separator: " ")
    let names = ["wall", "cpu", "tables", "owners", "memory", "sockets"]
    let numbers = words.compactMap { Int($0) }
    guard words.count == 12, numbers.count == 6,
      zip(names, stride(from: 0, to: 12, by: 2)).allSatisfy({ $0 == words[$1] })
    else { return nil }
    cost = Measurement(
      wall: .microseconds(numbers[0]), cpu: .microseconds(numbers[1]), peakMemory: numbers[4])
    tables = .microseconds(numbers[2])
    owners = .microseconds(numbers[3])
    sockets = numbers[5]
  }
}
