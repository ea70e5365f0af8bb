/// One thing that takes bytes from outside, and inputs to begin with.
struct Parser: Sendable {
  let name: String
  /// Whether the bytes are the kernel's own; the others come from users and clients.
  var isKernel = true
  /// Recorded inputs: at least one.
  let seeds: [[UInt8]]
  /// Parses one input. What is wrong with the input is no mistake; a mistake is what holds of every
  /// input and did not.
  let parse: @Sendable (_ input: [UInt8]) throws(BrokenInvariant) -> Void
}

/// What must hold of every input did not hold.
struct BrokenInvariant: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Throws with the message unless the condition holds.
func require(
  _ condition: Bool, _ message: @autoclosure () -> String
) throws(BrokenInvariant) {
  guard condition else { throw BrokenInvariant(message()) }
}

extension Parser {
  /// All of them.
  static func all(_ corpus: Corpus) throws(CorpusError) -> [Parser] {
    try tracing(corpus) + [
      perfRing(corpus), netlinkDump(corpus), destroyGroup(corpus), socketTables(corpus),
    ] + processFiles(corpus) + [tracker(corpus), anyEvents()] + requests(corpus) + [
      http(corpus), json(corpus), lines(corpus), events(corpus), link(), filter(),
    ]
  }
}
