extension ConnectionQuery {
  /// Where a page ended. Its text is opaque and safe in URLs; it holds while rows come and go.
  public struct Cursor: Hashable, Sendable {
    let place: Place

    enum Place: Hashable {
      /// After this row of the newest-first order. See ``Position``.
      case after(Position)
      /// After this row of a sorted list.
      case sorted(SortKey, Position)
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
    case .after(let position): "n\(Self.text(position))"
    case .sorted(let key, let position): "s\(key)-\(Self.text(position))"
    }
  }

  /// Reads what `description` wrote; nil for anything else.
  public init?(_ text: String) {
    let parts = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
    switch (text.first, parts.count) {
    case ("n", 2):
      guard let position = Self.position(parts[...]) else { return nil }
      self.init(.after(position))
    case ("s", 3):
      guard let key = SortKey(parts[0]), let position = Self.position(parts[1...]) else {
        return nil
      }
      self.init(.sorted(key, position))
    default:
      return nil
    }
    // One place has one text: no "+1" or upper case.
    guard description == text else { return nil }
  }

  private static func text(_ position: Position) -> String {
    "\(String(position.place, radix: 36))-\(String(position.id, radix: 36))"
  }

  private static func position(_ parts: ArraySlice<Substring>) -> Position? {
    let numbers = parts.map { Int64($0, radix: 36) }
    guard let place = numbers[0], let id = numbers[1], place >= 0, id >= 0 else { return nil }
    return Position(place: place, id: id)
  }
}
