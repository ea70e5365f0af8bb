import NetmonCore
import NetmonStore

extension Gap {
  /// The time between an earlier run's last sign of life and the beginning of this one.
  ///
  /// A clock that was set back meanwhile leaves only the moment of the beginning.
  init(absentSince last: Timestamp, until start: Timestamp, host: String, bootTime: Timestamp) {
    self.init(
      host: host, from: min(last, start), to: start, count: nil,
      reason: last < bootTime
        ? "the host was down or netmon was not running" : "netmon was not running")
  }
}
