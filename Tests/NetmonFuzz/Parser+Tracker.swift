import NetmonCore

extension Parser {
  /// Sub-buffers of damaged memory, decoded, into the tracker.
  static func tracker(_ corpus: Corpus) throws(CorpusError) -> Parser {
    let layouts = try corpus.kernels().compactMap { Layout($0, corpus) }
    let seeds = try corpus.kernelFiles("refused.page.hex")
    return Parser(name: "page-to-tracker", seeds: seeds) { input throws(BrokenInvariant) in
      for layout in layouts {
        var host = TrackedHost()
        let events = try layout.events(of: input).events
        for event in events {
          host.handle(event)
          try host.drain()
        }
        try host.end()
      }
    }
  }

  /// Any events and snapshots whatever, of few sockets, threads and ports.
  static func anyEvents() -> Parser {
    var random = SplitMix(seed: 0)
    let seeds = (1...16).map { length in
      (0..<length * 32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    return Parser(name: "events-to-tracker", seeds: seeds) { input throws(BrokenInvariant) in
      var host = TrackedHost()
      var program = EventProgram(input)
      while let step = program.next() {
        switch step {
        case .event(let event): host.handle(event)
        case .look(let snapshot): host.observe(snapshot)
        case .advance(let time): host.tracker.advance(to: time)
        case .setClock(let clock): host.tracker.setClock(clock)
        case .drain: try host.drain()
        }
      }
      try host.end()
    }
  }
}
