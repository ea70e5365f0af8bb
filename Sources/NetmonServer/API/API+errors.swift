import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  func errors(_ request: RoutedRequest) async throws -> Response {
    let now = now()
    let query = ErrorQuery(
      filter: try request.query.filter(now: now), by: try request.query.groupKeys,
      bucket: try request.query.bucket, now: now.roundedUp(toMultipleOf: 10_000_000))
    return try await answer(request, to: query) { store in
      let summary = try store.errorSummary(query)
      return Answer { summary.write(to: &$0) }
    }
  }
}

extension Timestamp {
  /// With this as the end of their trends, counts stay the same for a while when nothing happens.
  fileprivate func roundedUp(toMultipleOf step: Int64) -> Timestamp {
    Timestamp(microseconds: (microseconds / step + 1) * step)
  }
}

extension Query {
  fileprivate var groupKeys: [GroupKey] {
    get throws(Problem) {
      guard let text = try value("by") else { return [.error, .process, .remote] }
      var keys: [GroupKey] = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
        let known = GroupKey.allCases.first { [$0.rawValue, $0.fieldName].contains(name) }
        guard let key = known else {
          let names = GroupKey.allCases.map(\.rawValue)
          throw Problem(
            .badRequest,
            "Errors cannot be grouped by \(quoted(name))" + suggestion(for: name, among: names))
        }
        if !keys.contains(key) { keys.append(key) }
      }
      return keys
    }
  }

  /// In microseconds; written like a duration in a filter.
  fileprivate var bucket: Int64 {
    get throws(Problem) {
      let second: Int64 = 1_000_000
      guard let text = try value("bucket") else { return 60 * second }
      let now = Timestamp(microseconds: 0)
      guard let filter = try? Filter(key: "duration", value: text, now: now),
        case .number(.duration, .equal(let width)) = filter.terms.first?.anyOf.first,
        (second...7 * 86_400 * second).contains(width)
      else {
        throw Problem(
          .badRequest, "'bucket' must be from 1s to 7d, such as 1m, not \(quoted(text)).")
      }
      return width
    }
  }
}
