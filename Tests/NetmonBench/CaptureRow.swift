/// What one watcher cost and saw, run by run.
struct CaptureRow {
  let kind: WatcherKind
  /// The rate of the loop beside the rate without a watcher just before.
  private var rates: [Double] = []
  /// CPU seconds for 100,000 connections.
  private var costs: [Double] = []
  private var connections = 0
  private var seen = 0
  private var attributed = 0

  init(_ kind: WatcherKind) {
    self.kind = kind
  }

  /// Runs the loop without the watcher, then with it.
  mutating func measure(_ loop: inout ConnectLoop, for time: Duration) throws {
    let alone = try loop.run(for: time)
    let watcher = try kind.start()
    // Attaching is no part of the cost.
    try watcher.settle()
    let start = try watcher.cpu()
    let before = loop.connections
    rates.append(try loop.run(for: time) / alone)
    try watcher.settle()
    let cost = try watcher.cpu() - start
    costs.append(cost / .seconds(1) / Double(loop.connections - before) * 100_000)
    let result = try watcher.finish()
    connections += loop.connections - before
    seen += result.seen
    attributed += result.attributed
  }

  static let heading = """
    | | rate of the loop | CPU s per 100,000 connections | seen | with its process |
    |---|--:|--:|--:|--:|
    """
}

extension CaptureRow: CustomStringConvertible {
  var description: String {
    let rate = Distribution(rates.map { 100 * $0 })
    return "| \(kind) | \(rate.description) % | \(Distribution(costs).precise) "
      + "| \(share(seen)) | \(share(attributed)) |"
  }

  private func share(_ count: Int) -> String {
    "\((100 * Double(count) / Double(max(connections, 1))).rounded(to: 2)) %"
  }
}
