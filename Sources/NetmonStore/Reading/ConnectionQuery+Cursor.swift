extension ConnectionQuery {
  /// Where a page ended. Its text is opaque and safe in URLs; it holds while rows come and go.
  public struct Cursor: Hashable, Sendable {
    let place: Place

    enum Place: Hashable {
      /// After this row of the newest-first order. See ``Position``.
      case after(Position)
      /// After so many rows of a sorted list.
      case offset(Int)
    }

    init(_ place: Place) {
      self.place = place
    }

    /// Whether it is of the newest-first order, and means nothing in another.
    public var isOfUnsorted: Bool {
      if case .after = place { true } else { false }
    }
  }
}

extension ConnectionQuery.Cursor: LosslessStringConvertible {
  public var description: String {
    switch place {
    case .after(let position):
      "n\(String(position.place, radix: 36))-\(String(position.id, radix: 36))"
    case .offset(let count):
      "s\(String(count, radix: 36))"
    }
  }

  /// Reads what `description` wrote; nil for anything else.
  public init?(_ text: String) {
    let numbers = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
      .map { Int64($0, radix: 36) }
    switch (text.first, numbers.count) {
    case ("n", 2):
      guard let place = numbers[0], let id = numbers[1], place >= 0, id >= 0 else { return nil }
      self.init(.after(Position(place: place, id: id)))
    case ("s", 1):
      guard let count = numbers[0].flatMap(Int.init(exactly:)), count >= 0 else { return nil }
      self.init(.offset(count))
    default:
      return nil
    }
    // One place has one text: no "+1" or upper case.
    guard description == text else { return nil }
  }
}
