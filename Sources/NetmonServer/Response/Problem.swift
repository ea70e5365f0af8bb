import HTTPTypes
import Hummingbird
import NetmonCore

/// Problem details (RFC 9457): what went wrong with a request, for people and programs.
package struct Problem: Error, Sendable {
  let status: HTTPResponse.Status
  package let detail: String
  var mistakes: [Mistake] = []
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  static let mediaType = "application/problem+json"

  var json: JSONWriter {
    JSONWriter { json in
      json.object { json in
        json.field("type", "about:blank")
        json.field("title", status.reasonPhrase)
        json.field("status", status.code)
        json.field("detail", detail)
        guard !mistakes.isEmpty else { return }
        json.key("errors")
        json.array(mistakes) { $1.write(to: &$0) }
      }
    }
  }

  var response: Response {
    var response = Response(status: status, json: json, type: Self.mediaType)
    for field in headers { response.headers[field.name] = field.value }
    return response
  }
}

extension Problem {
  /// One thing that is wrong with a request, and where.
  struct Mistake: Hashable, Sendable {
    enum Place: Hashable {
      /// A JSON pointer into the body.
      case body(pointer: String)
      /// Characters (Unicode scalars) of a parameter's value, counted from 1.
      case parameter(String, position: Int, length: Int)
    }

    let place: Place
    let detail: String

    fileprivate func write(to json: inout JSONWriter) {
      json.object { json in
        switch place {
        case .body(let pointer):
          json.field("pointer", pointer)
        case .parameter(let name, let position, let length):
          json.field("parameter", name)
          json.field("position", position)
          json.field("length", length)
        }
        json.field("detail", detail)
      }
    }
  }
}

/// An error that knows how to tell itself to a client.
protocol ProblemConvertible: Error {
  var problem: Problem { get }
}

extension Problem: ProblemConvertible {
  var problem: Problem { self }
}

/// A client's text as it may stand in a message: short, and without control characters.
func quoted(_ text: some StringProtocol) -> String {
  let cut = text.utf8.count > 80 ? text.unicodeScalars.prefix(60) + "…".unicodeScalars : nil
  return "'\(terminalSafe(cut.map { String($0) } ?? String(text)))'"
}

/// The end of a sentence about an unknown text: what was probably meant, or just a full stop.
func suggestion(for text: String, among candidates: [String]) -> String {
  closestMatch(to: text, among: candidates).map { "; did you mean '\($0)'?" } ?? "."
}
