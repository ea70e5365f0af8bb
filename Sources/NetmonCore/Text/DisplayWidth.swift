/// The number of terminal columns that a text without control characters takes.
package func displayWidth(_ text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + displayWidth($1) }
}

/// The text cut at its end to at most so many columns; what is left out becomes `…`.
package func truncated(_ text: String, columns: Int) -> String {
  guard let end = cut(text.unicodeScalars, columns: columns) else { return text }
  return String(text.unicodeScalars[..<end]) + "…"
}

/// The text cut at its beginning to at most so many columns; what is left out becomes `…`.
package func truncatedAtStart(_ text: String, columns: Int) -> String {
  guard let start = cut(text.unicodeScalars.reversed(), columns: columns) else { return text }
  return "…" + String(text.unicodeScalars[start.base...])
}

/// The text cut in its middle to at most so many columns, as what tells addresses apart is at both
/// ends; what is left out becomes `…`.
package func truncatedInMiddle(_ text: String, columns: Int) -> String {
  guard cut(text.unicodeScalars, columns: columns) != nil else { return text }
  guard columns > 2 else { return truncated(text, columns: columns) }
  let end = truncatedAtStart(text, columns: columns / 2)
  return truncated(text, columns: columns - displayWidth(end) + 1) + end.dropFirst()
}

/// The text in pieces of at most so many columns, or of one character where that is wider.
package func folded(_ text: String, columns: Int) -> [String] {
  var pieces: [String] = []
  var piece = String.UnicodeScalarView()
  var (width, count) = (0, 0)
  for scalar in text.unicodeScalars {
    let added = displayWidth(scalar)
    // Marks without width could pile up without end.
    if !piece.isEmpty, added > columns - width || count / 4 >= columns {
      pieces.append(String(piece))
      piece = String.UnicodeScalarView()
      (width, count) = (0, 0)
    }
    piece.append(scalar)
    width += added
    count += 1
  }
  return pieces + [String(piece)]
}

/// Where to cut so that the rest and `…` fit, or nil if everything fits.
private func cut<Scalars: Collection>(_ scalars: Scalars, columns: Int) -> Scalars.Index?
where Scalars.Element == Unicode.Scalar {
  var width = 0
  var count = 0
  var end = scalars.startIndex
  for index in scalars.indices {
    width += displayWidth(scalars[index])
    count += 1
    // Marks without width could pile up without end.
    guard width <= columns, count <= 4 * columns else { return end }
    if width < columns { end = scalars.index(after: index) }
  }
  return nil
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  if scalar.isASCII { return 1 }
  let properties = scalar.properties
  switch properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  switch scalar.value {
  case 0x1160...0x11FF: return 0  // Hangul vowels and finals join the syllable before them.
  case 0x1F1E6...0x1F1FF: return 1  // Two regional indicators make one flag.
  case let value where wideRanges.contains { $0.contains(value) }: return 2
  default: return properties.isEmojiPresentation ? 2 : 1
  }
}

/// East Asian Wide and Fullwidth (Unicode Standard Annex #11), without the emoji.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
  0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
  0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]
