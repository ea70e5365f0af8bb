import HTTPTypes
import Hummingbird
import NetmonCore
import NetmonStore

extension API {
  /// Sends everything that matches, newest first, as fast as the client takes it.
  func export(_ routed: RoutedRequest) async throws -> Response {
    let now = now()
    let format = try routed.query.exportFormat
    let limit = try routed.query.integer("limit", in: 1...Self.maximumOffset, default: .max)
    var export = Export(
      of: try routed.query.filter(now: now), limit: limit, as: format, from: store)
    // What is wrong with the store shows at the first page, while the status can still say so.
    let first = try await export.next()
    return Response(
      status: .ok,
      headers: [
        .contentType: format.mediaType,
        .contentDisposition: "attachment; filename=\"netmon-\(now.fileName).\(format.rawValue)\"",
      ],
      body: ResponseBody { [export] writer in
        try await export.write(first, to: &writer)
      })
  }
}

extension Query {
  fileprivate var exportFormat: Export.Format {
    get throws(Problem) {
      guard let text = try value("format") else { return .csv }
      if let format = Export.Format(rawValue: text) { return format }
      let names = Export.Format.allCases.map(\.rawValue)
      throw Problem(
        .badRequest, "There is no format \(quoted(text))" + suggestion(for: text, among: names))
    }
  }
}

extension Timestamp {
  /// To the second, as it may stand in a file's name: `20261122T100000Z`.
  fileprivate var fileName: String {
    description.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
  }
}
