/// A process that holds sockets of known number and kinds until its input ends.
struct SocketFarm {
  let process: ChildProcess
  /// The sockets that it has open.
  let count: Int

  var pid: Int32 { process.pid }

  /// Returns once all sockets are open; `options` are those of `socket-farm`.
  init(_ options: [String]) async throws {
    process = try ChildProcess(BuiltProducts.socketFarm, options)
    let answer = await process.output.line() ?? ""
    guard answer.hasPrefix("ready "), let count = Int(answer.dropFirst(6)) else {
      throw Failure(answer: answer, errors: await process.errors.rest())
    }
    self.count = count
  }

  struct Failure: Error {
    var answer: String
    var errors: String
  }
}
