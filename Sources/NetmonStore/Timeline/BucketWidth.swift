/// How long a step of a timeline is: one of a few lengths that people count in, each of which
/// divides the hour or is a multiple of it.
public struct BucketWidth: Hashable, Sendable, CaseIterable {
  /// 1 second to 7 days.
  public let seconds: Int64

  public var microseconds: Int64 { seconds * 1_000_000 }

  public static let allCases: [BucketWidth] =
    [1, 2, 5, 10, 15, 30].map { BucketWidth(seconds: $0) }
    + [1, 2, 5, 10, 15, 30].map { BucketWidth(seconds: $0 * 60) }
    + [1, 2, 3, 6, 12, 24, 7 * 24].map { BucketWidth(seconds: $0 * 3600) }

  static let minute = BucketWidth(seconds: 60)
  static let hour = BucketWidth(seconds: 3600)

  /// The least of them of which at most so many make up a span, in microseconds; the greatest when
  /// there is none.
  static func least(over span: Int64, count: Int64, from least: BucketWidth? = nil) -> BucketWidth {
    let candidates = allCases.drop { width in least.map { width.seconds < $0.seconds } ?? false }
    return candidates.first { span <= count * $0.microseconds } ?? BucketWidth(seconds: 7 * 86_400)
  }
}

extension BucketWidth: LosslessStringConvertible {
  /// `30s`, `5m`, `12h`, `7d`.
  public var description: String {
    switch seconds {
    case 86_400...: "\(seconds / 86_400)d"
    case 3600...: "\(seconds / 3600)h"
    case 60...: "\(seconds / 60)m"
    default: "\(seconds)s"
    }
  }

  public init?(_ text: String) {
    guard let width = Self.allCases.first(where: { $0.description == text }) else { return nil }
    self = width
  }
}
