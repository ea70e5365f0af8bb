extension Parser {
  /// Requests, through the handlers that stand between a socket and the routes: in one piece and in
  /// several.
  static func http(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let seeds = RecordedRequests(try corpus.exchanged("agent-connections-1.ndjson")).all
    return Parser(name: "http", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      var random = Pieces.random(for: input)
      let moment = Responder.Moment.allCases[random.below(3)]
      let whole = try outcome(of: [input[...]], answering: moment)
      let cut = try outcome(of: Pieces.of(input), answering: moment)
      try require(whole.verdict == cut.verdict, "cut otherwise it is another: \(whole), \(cut)")
    }
  }

  private static func outcome(
    of pieces: [ArraySlice<UInt8>], answering moment: Responder.Moment
  ) throws(BrokenInvariant) -> Outcome {
    do {
      let connection = try HTTPConnection(answering: moment)
      defer { connection.end() }
      try connection.deliver(pieces)
      let outcome = try connection.outcome()
      if connection.isWaiting {
        connection.wait()
        try require(!connection.isOpen, "it is waited for without an end")
      } else if connection.isOpen {
        try require(connection.readsAnother(), "what comes later is not read")
      }
      return outcome
    } catch let error as BrokenInvariant {
      throw error
    } catch {
      throw BrokenInvariant("an error of the channel: \(error)")
    }
  }
}
