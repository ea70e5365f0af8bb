import HTTPTypes
import Hummingbird
import NIOCore
import NetmonCore

extension Response {
  /// A response with a JSON document as its body.
  init(
    status: HTTPResponse.Status = .ok, json: JSONWriter, type: String = "application/json"
  ) {
    self.init(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
  }
}

extension JSONWriter {
  /// A document, written by a closure.
  init(_ write: (inout JSONWriter) -> Void) {
    self.init()
    write(&self)
  }
}
