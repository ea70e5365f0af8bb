/// The candidate that the user most likely meant by a misspelt text.
///
/// A candidate counts when at most a third of the longer word has to be changed, or when it is the
/// only one that starts with the text. Case does not matter.
/// - Returns: the best candidate, the first of several equally good ones, or nil.
package func closestMatch(to text: String, among candidates: [String]) -> String? {
  let typed = Array(text.lowercased())
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let word = Array(candidate.lowercased())
    let allowed = max(typed.count, word.count) / 3
    // The length test also keeps an enormous argument from costing enormous work.
    guard abs(typed.count - word.count) <= allowed else { continue }
    let distance = editDistance(typed, word)
    if distance <= min(allowed, (best?.distance ?? .max) - 1) { best = (candidate, distance) }
  }
  if let best { return best.candidate }
  let completions = candidates.filter { $0.lowercased().hasPrefix(text.lowercased()) }
  return typed.count > 1 && completions.count == 1 ? completions[0] : nil
}

/// The end of a message that names the candidate meant, or nothing.
func suggestion(for text: String, among candidates: [String]) -> String {
  closestMatch(to: text, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// The end of a message that names the long option meant; dashes do not make names more alike.
func suggestion(for option: String, amongOptions parameters: [Parameter]) -> String {
  let names = parameters.filter { !$0.isHidden }.flatMap(\.longNames)
  let match = closestMatch(
    to: String(option.drop { $0 == "-" }), among: names.map { String($0.dropFirst(2)) })
  return match.map { "; did you mean '--\($0)'?" } ?? ""
}

/// The Damerau-Levenshtein distance (optimal string alignment): how many characters must be
/// inserted, removed, replaced or swapped with their neighbour to get from one word to the other.
private func editDistance(_ source: [Character], _ target: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...target.count)
  for (row, character) in source.enumerated() {
    var current = [row + 1]
    for (column, other) in target.enumerated() {
      let replaced = previous[column] + (character == other ? 0 : 1)
      var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
      let isSwap =
        row > 0 && column > 0 && character == target[column - 1] && source[row - 1] == other
      if isSwap { cost = min(cost, beforePrevious[column - 1] + 1) }
      current.append(cost)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[target.count]
}
