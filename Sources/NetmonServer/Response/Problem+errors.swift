import HTTPTypes
import Hummingbird
import NIOHTTP1
import NetmonCore
import NetmonStore

extension RecordReader.Rejection: ProblemConvertible {
  var problem: Problem {
    var problem = Problem(
      .badRequest, "No record was stored: the body is wrong in the places named by 'errors'.")
    problem.mistakes = mistakes.map {
      Problem.Mistake(place: .body(pointer: $0.pointer), detail: $0.detail)
    }
    return problem
  }
}

extension FilterError {
  /// What to tell a client that gave the filter as this parameter.
  func problem(in parameter: String) -> Problem {
    var problem = Problem(.badRequest, "'\(parameter)' at character \(character): \(self)")
    let place = Problem.Mistake.Place.parameter(
      parameter, position: character, length: characterCount)
    problem.mistakes = [Problem.Mistake(place: place, detail: description)]
    return problem
  }
}

extension BodyTimeout: ProblemConvertible {
  var problem: Problem {
    var problem = Problem(.requestTimeout, "The body did not arrive in time.")
    problem.headers[.connection] = "close"
    return problem
  }
}

/// Thrown where a body is read; of a broken head see ``BadRequestHandler``.
extension HTTPParserError: ProblemConvertible {
  var problem: Problem { Problem(.badRequest, "The body is not sent as HTTP asks: \(self).") }
}

extension StoreError: ProblemConvertible {
  var problem: Problem {
    guard let delay = retryDelay else { return Problem(.internalServerError, description) }
    var problem = Problem(.serviceUnavailable, description)
    problem.headers[.retryAfter] = String(delay)
    return problem
  }

  /// Seconds after which the same request may succeed; nil if a person has to act first.
  private var retryDelay: Int? {
    switch self {
    // A new database comes in place of a damaged one.
    case .busy, .corrupt, .replaced: 1
    // Room comes suddenly; agents add a jitter of their own, and begin with a small request.
    case .full, .io: 2
    case .readOnly: 30
    default: nil
    }
  }
}

extension HTTPError: ProblemConvertible {
  var problem: Problem { Problem(status, body ?? status.reasonPhrase) }
}
