import Arguments

/// `faults soak`: lets netmon run for a long time with little space.
enum SoakCommand {
  struct Options: Sendable {
    var time = Duration.seconds(1800)
    var rate = 1000
    var size = ByteCount(bytes: 64_000_000)
    var netmon = TestedNetmon()
  }

  static let declaration = Command<Faults.Action>(
    "soak",
    summary: "Record many connections for a long time, and watch memory, files and the disk",
    discussion: """
      Real connections on loopback, seen by netmon serve --collect, which must remove records all \
      the time. Memory in the last three tenths of the time may be a tenth more than in the \
      three after the first (medians), the descriptors no more than after the first, and the \
      database and its log together no larger than they may be.
      """,
    options: Options()
  ) {
    Option("time", \.time, in: .seconds(20)...(.seconds(7 * 86_400)), help: "how long")
    Option("rate", \.rate, in: 1...20_000, help: "connections each second")
    Option("max-size", \.size, help: "netmon's --max-size")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Workplace.use { place in
        var trial = try SoakTrial(
          netmon: options.netmon(), place: place, rate: options.rate,
          size: Int64(options.size.bytes))
        print(try trial.run(for: options.time))
      }
    }
  }
}
