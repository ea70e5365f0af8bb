import Hummingbird
import NetmonCore

/// What is posted besides records: one object, or an array of them, as JSON.
struct PostedList<Element: Sendable>: Sendable {
  let elements: [Element]
  /// Whether it was an object and not an array.
  let isSingle: Bool

  /// Reads a body: all of it, or nothing if anything is wrong.
  init(
    _ body: [UInt8], of what: String, _ read: (inout PostedObject) -> Element
  ) throws(Problem) {
    let document: JSONValue
    do throws(JSONError) {
      document = try JSONValue(body)
    } catch {
      throw Self.refusal(
        of: what, [Self.mistake("not JSON at byte \(error.offset): \(error.reason)")])
    }
    var mistakes: [Problem.Mistake] = []
    func element(_ value: JSONValue, at pointer: String) -> Element {
      var object = PostedObject(value, at: pointer)
      let element = read(&object)
      mistakes += object.mistakes
      return element
    }
    switch document {
    case .array(let values):
      isSingle = false
      elements = values.enumerated().map { element($1, at: "/\($0)") }
    case .object:
      isSingle = true
      elements = [element(document, at: "")]
    default:
      throw Self.refusal(of: what, [Self.mistake("is neither an object nor an array")])
    }
    guard mistakes.isEmpty else { throw Self.refusal(of: what, mistakes) }
  }

  private static func mistake(_ detail: String) -> Problem.Mistake {
    Problem.Mistake(place: .body(pointer: ""), detail: detail)
  }

  private static func refusal(of what: String, _ mistakes: [Problem.Mistake]) -> Problem {
    var problem = Problem(
      .badRequest, "No \(what) was taken: the body is wrong in the places named by 'errors'.")
    problem.mistakes = Array(mistakes.prefix(RecordReader.maximumMistakes))
    return problem
  }
}

extension RoutedRequest {
  /// The body of a POST that must be JSON, and smaller than one of records may be: what is read
  /// from it stands in memory as a tree.
  func collectJSON(
    _ limits: Server.Limits, in room: Admission.Room
  ) async throws -> [UInt8] {
    guard request.mediaType == "application/json" else {
      throw Problem(
        .unsupportedMediaType,
        """
        The content type \(request.mediaType.map { quoted($0) } ?? "is missing; it") must be \
        application/json.
        """)
    }
    var limits = limits
    limits.inflatedBytes = min(limits.inflatedBytes, 4 << 20)
    limits.bodyBytes = min(limits.bodyBytes, limits.inflatedBytes)
    return try await request.collectBody(limits, in: room)
  }
}
