import Foundation

/// The programs of this package, built with the tests into the directory of the test program.
enum BuiltProducts {
  static let netmon = path("netmon")
  static let confined = path("confined")
  static let socketFarm = path("socket-farm")
  static let hostileNames = path("hostile-names")
  static let netmonFuzz = path("netmon-fuzz")
  static let truth = path("truth")
  static let faults = path("faults")

  private static func path(_ name: String) -> String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent(name).path
  }
}
