/// A value that may be unknown, in no more room than the value itself: connections are kept and
/// copied by the ten thousand, and most of what they hold are numbers that may be unknown.
@propertyWrapper
public struct Packed<Value: Packable>: Hashable, Sendable {
  private var value: Value

  public init(wrappedValue: Value? = nil) {
    value = wrappedValue.map(\.packable) ?? .unknown
  }

  public var wrappedValue: Value? {
    get { value == .unknown ? nil : value }
    set { value = newValue.map(\.packable) ?? .unknown }
  }
}

/// A type with one value that can be spared to stand for "unknown".
public protocol Packable: Hashable, Sendable {
  static var unknown: Self { get }
  /// Itself, or the value next to ``unknown`` if it is that: what was given is never lost.
  var packable: Self { get }
}

extension Int64: Packable {
  public static var unknown: Int64 { .min }
  public var packable: Int64 { Swift.max(self, .min + 1) }
}

extension Timestamp: Packable {
  public static var unknown: Timestamp { Timestamp(microseconds: .unknown) }
  public var packable: Timestamp { Timestamp(microseconds: microseconds.packable) }
}
