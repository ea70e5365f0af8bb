import HTTPTypes
import NetmonCore
import NetmonStore

/// Whoever sent a request, as far as the server has to know.
enum Caller: Hashable, Sendable {
  /// Nobody was asked.
  case anyone
  /// The holder of a token, in a browser that has signed in if there is a session.
  case holder(Token, session: SecretDigest?)

  /// The only host whose records may be sent; nil admits all.
  var ownHost: String? {
    switch self {
    case .anyone: nil
    case .holder(let token, _): token.scope.ingestHost
    }
  }

  /// Throws if something posted is of another host than the token is for.
  ///
  /// `hosts` are those of the elements, in their order; `isSingle` says that it was an object and no
  /// list. `what` they are is said in the message.
  func check(
    _ hosts: some Sequence<String?>, isSingle: Bool, of what: String
  ) throws(Problem) {
    guard let ownHost else { return }
    var mistakes: [Problem.Mistake] = []
    // Names are bytes: what Unicode calls equivalent is another name.
    for (index, host) in hosts.enumerated()
    where !(host?.utf8.elementsEqual(ownHost.utf8) ?? false) {
      let detail = host.map { "\(quoted($0)) is not the host that the token is for" }
      mistakes.append(
        Problem.Mistake(
          place: .body(pointer: isSingle ? "/host" : "/\(index)/host"),
          detail: detail ?? "is missing"))
      if mistakes.count == RecordReader.maximumMistakes { break }
    }
    guard !mistakes.isEmpty else { return }
    throw problem(mistakes, what)
  }

  /// What to tell them of an error of the store: of something posted that would take the place of what
  /// another host has sent, as its own host names it, the store alone knows.
  func refusal(of error: StoreError, isSingle: Bool, of what: String) -> any Error {
    guard case .foreign(_, let index) = error else { return error }
    let mistake = Problem.Mistake(
      place: .body(pointer: isSingle ? "/origin" : "/\(index)/origin"),
      detail: "is that of a \(what) of another host, or one that this server gives")
    return problem([mistake], what)
  }

  private func problem(_ mistakes: [Problem.Mistake], _ what: String) -> Problem {
    var problem = Problem(
      .forbidden, "No \(what) was stored: the token is for those of \(quoted(ownHost ?? "")) only.")
    problem.mistakes = mistakes
    return problem
  }
}
