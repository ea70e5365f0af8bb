import Glibc

/// A process that holds sockets to be found. It ends with its owner, and in any case when its
/// standard input does.
final class Farm {
  /// The sockets that it has open.
  let sockets: Int
  private let pid: pid_t
  private let input: Descriptor

  /// Returns once all sockets are open.
  init(connections: Int, inNewNamespace: Bool) throws(BenchError) {
    let program = Program(
      try Program.built("socket-farm"),
      ["--connections", "\(connections)"] + (inNewNamespace ? ["--new-namespace"] : []))
    let input = try Pipe()
    let output = try Pipe()
    pid = try program.spawn(input: input.reading.number, output: output.writing.number)
    self.input = input.writing
    output.writing.close()
    var answer = ""
    try output.reading.readLines {
      answer = $0
      return false
    }
    guard answer.hasPrefix("ready "), let sockets = Int(answer.dropFirst(6)) else {
      throw .unexpected(answer, from: program.description)
    }
    self.sockets = sockets
  }

  deinit {
    kill(pid, SIGTERM)
    waitpid(pid, nil, 0)
  }

  /// Farms that share `connections` evenly. The last of them are each in a network namespace of its
  /// own, so that there are `namespaces` with this process's.
  static func start(
    connections: Int, processes: Int, namespaces: Int
  ) throws(BenchError) -> [Farm] {
    var farms: [Farm] = []
    for index in 0..<processes {
      let share = connections * (index + 1) / processes - connections * index / processes
      farms.append(
        try Farm(connections: share, inNewNamespace: index > processes - namespaces))
    }
    return farms
  }
}
