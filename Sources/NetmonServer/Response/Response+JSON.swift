import HTTPTypes
import Hummingbird
import NIOCore
import NetmonCore

extension Response {
  /// A response with a JSON document as its body.
  init(
    status: HTTPResponse.Status = .ok, json: JSONWriter, type: String = "application/json"
  ) {
    self.init(status: status, json: ByteBuffer(bytes: json.bytes), type: type)
  }

  init(
    status: HTTPResponse.Status = .ok, json: ByteBuffer, type: String = "application/json"
  ) {
    self.init(
      status: status, headers: [.contentType: type],
      body: ResponseBody(contentsOf: json.pieces))
  }
}

extension ByteBuffer {
  /// Pieces of a size that even a slow client takes within the response timeout.
  var pieces: [ByteBuffer] {
    let size = 64 << 10
    return stride(from: readerIndex, to: writerIndex, by: size).compactMap {
      getSlice(at: $0, length: min(size, writerIndex - $0))
    }
  }
}

extension JSONWriter {
  /// A document, written by a closure.
  init(_ write: (inout JSONWriter) -> Void) {
    self.init()
    write(&self)
  }
}
