import Arguments

/// `faults disk`: lets the disks of both sides get full, and frees them again.
enum DiskCommand {
  struct Options: Sendable {
    var size = 16
    var seed = 1
    var netmon = TestedNetmon()
  }

  static let declaration = Command<Faults.Action>(
    "disk",
    summary: "Fill the disks of a server and a collector under load, and free them again",
    discussion: """
      Each has a tmpfs of its own, in a mount namespace of this run. It takes root.
      """,
    options: Options()
  ) {
    Option("size", \.size, in: 8...1024, help: "MiB of each disk")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one makes other records")
    TestedNetmon.declarations(\.netmon)
  } action: { options in
    {
      try Isolation.enter(isNeeded: true)
      try Workplace.use { place in
        var trial = try DiskTrial(
          netmon: options.netmon(), place: place, size: options.size, seed: options.seed)
        try trial.run()
      }
    }
  }
}
