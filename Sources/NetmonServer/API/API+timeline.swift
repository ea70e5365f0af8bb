import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  func timeline(_ request: RoutedRequest) async throws -> Response {
    let now = now()
    let query = TimelineQuery(
      filter: try request.query.filter(now: now), bucket: try request.query.bucketWidth, now: now)
    return try await answer(request, to: query) { store in
      let timeline = try store.timeline(query)
      return Answer { timeline.write(to: &$0) }
    }
  }
}

extension Query {
  fileprivate var bucketWidth: BucketWidth? {
    get throws(Problem) {
      guard let text = try value("bucket") else { return nil }
      guard let width = BucketWidth(text) else {
        let names = BucketWidth.allCases.map(\.description).joined(separator: " ")
        throw Problem(.badRequest, "'bucket' must be one of \(names), not \(quoted(text)).")
      }
      return width
    }
  }
}
