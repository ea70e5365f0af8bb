import Hummingbird
import NIOCore
import Synchronization

/// Answers that were made from the store as it is, so that many who ask the same pay for one.
///
/// An answer is good as long as its tag is, which names the store's version and what was asked,
/// relative times resolved.
final class AnswerCache: Sendable {
  struct Answer: Sendable {
    let tag: EntityTag
    let json: ByteBuffer
    /// The `Link` to the next page.
    let link: String?

    var response: Response {
      var response = Response(json: json)
      response.headers[.eTag] = tag.text
      response.headers[.link] = link
      return response
    }
  }

  private struct State {
    /// By the bytes of what was asked.
    var answers: [[UInt8]: Answer] = [:]
    var bytes = 0

    mutating func remove(_ target: [UInt8]) {
      bytes -= answers.removeValue(forKey: target)?.json.readableBytes ?? 0
    }
  }

  static let maximumCount = 64
  static let maximumBytes = 16 << 20
  /// Larger answers are lists that are leafed through, which nobody else asks for.
  static let maximumAnswerBytes = 1 << 20

  private let state = Mutex(State())

  func answer(to target: [UInt8], _ tag: EntityTag) -> Answer? {
    state.withLock { state in state.answers[target].flatMap { $0.tag == tag ? $0 : nil } }
  }

  func keep(_ answer: Answer, to target: [UInt8]) {
    let size = answer.json.readableBytes
    guard size <= Self.maximumAnswerBytes else { return }
    state.withLock { state in
      state.remove(target)
      // What is asked again soon comes back soon.
      if state.answers.count >= Self.maximumCount || state.bytes + size > Self.maximumBytes {
        state = State()
      }
      state.answers[target] = answer
      state.bytes += size
    }
  }
}
