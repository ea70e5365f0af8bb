import Hummingbird
import NetmonCore

extension API {
  /// Explains the errors, as `netmon errors --explain` and docs/errors.md do.
  func explanations(_ routed: RoutedRequest) async -> Response {
    let document = JSONWriter { json in
      json.array(ErrorCatalog.all) { $1.write(to: &$0) }
    }
    return Response(unchanging: document, to: routed.request)
  }
}

extension Response {
  /// A document that never changes while the process runs, or 304 when the client has it already.
  init(unchanging document: JSONWriter, to request: Request) {
    let tag = document.bytes.withUnsafeBufferPointer { EntityTag(content: $0) }
    if tag.matches(request) {
      self = .notModified(tag)
    } else {
      self.init(json: document)
      headers[.eTag] = tag.text
    }
  }
}
