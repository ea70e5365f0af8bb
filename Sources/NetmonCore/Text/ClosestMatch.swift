/// The candidate that was most likely meant by a misspelt text, whatever the case of its letters.
///
/// A candidate counts when at most a third of the longer word has to be changed. Failing that, the
/// first one that contains the text is taken (`refused` for `ECONNREFUSED`), so candidates should
/// come in order of importance.
package func closestMatch(to text: String, among candidates: [String]) -> String? {
  let typed = Array(text.lowercased().utf8)
  let words = candidates.map { Array($0.lowercased().utf8) }
  var best: (index: Int, distance: Int)?
  for (index, word) in words.enumerated() {
    let allowed = max(typed.count, word.count) / 3
    // The length test also keeps an enormous text from costing enormous work.
    guard abs(typed.count - word.count) <= allowed else { continue }
    let distance = editDistance(typed, word)
    if distance <= min(allowed, (best?.distance ?? .max) - 1) { best = (index, distance) }
  }
  if let best { return candidates[best.index] }
  guard typed.count >= 3 else { return nil }
  return words.firstIndex { firstOffset(of: typed.span, in: $0.span) != nil }.map { candidates[$0] }
}

/// The Damerau–Levenshtein distance (optimal string alignment): how many bytes must be inserted,
/// removed, replaced or swapped with their neighbour to get from one word to the other.
private func editDistance(_ source: [UInt8], _ target: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...target.count)
  for (row, byte) in source.enumerated() {
    var current = [row + 1]
    for (column, other) in target.enumerated() {
      let replaced = previous[column] + (byte == other ? 0 : 1)
      var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, byte == target[column - 1], source[row - 1] == other {
        cost = min(cost, beforePrevious[column - 1] + 1)
      }
      current.append(cost)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[target.count]
}
