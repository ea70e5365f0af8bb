import HTTPTypes

extension Route {
  /// What a request must be allowed to do.
  enum Access: Hashable, Sendable, CaseIterable {
    /// Nothing: anybody may ask.
    case open
    /// To read what is stored.
    case read
    /// To send what one host has seen.
    case ingest

    /// What is answered to those who may not, or too often.
    fileprivate var refusals: [Outcome] {
      guard self != .open else { return [] }
      var unauthorised = Outcome.problem(
        .unauthorized, "The server asks for a token, and there is none, or it is of no use.")
      unauthorised.headers = [Header(.wwwAuthenticate, "Bearer.")]
      let forbidden =
        self == .read
        ? "The token is not for reading."
        : "The token is not for sending records, or `errors` names those of another host."
      return [
        unauthorised, .problem(.forbidden, forbidden),
        .retried(.tooManyRequests, "The token is used too often, or too many wrong ones come."),
      ]
    }
  }
}

extension [Route.Outcome] {
  /// These, and what those are told who may not ask.
  func joined(with access: Route.Access) -> Self {
    access.refusals.reduce(into: self) { outcomes, refusal in
      guard let index = outcomes.firstIndex(where: { $0.status == refusal.status }) else {
        return outcomes.append(refusal)
      }
      outcomes[index] = outcomes[index].or(refusal)
    }
  }
}

extension Route.Outcome {
  /// One status for either reason.
  fileprivate func or(_ other: Self) -> Self {
    Self(
      status: status, summary: summary + " " + other.summary, content: content,
      headers: headers + other.headers)
  }
}
