internal import CLinux
internal import Glibc

/// Hears at once of CPUs that come and go, from the kernel's device events: a looking at an
/// interval would miss one that went and came back in between, after which its perf event is dead
/// (`lib/kobject_uevent.c`, `drivers/base/cpu.c`; netlink(7), NETLINK_KOBJECT_UEVENT).
package final class CPUWatch {
  private let socket: NetlinkSocket
  private var buffer = [UInt8](repeating: 0, count: 1 << 13)

  var descriptor: Descriptor { socket.descriptor }

  /// Throws `KernelError.system` if there is no such socket: in a user namespace of its own the
  /// kernel tells nothing.
  init() throws(KernelError) {
    socket = try NetlinkSocket(family: NETLINK_KOBJECT_UEVENT, isBlocking: false)
    try socket.join(groups: 1)
  }

  /// What happened to CPUs since this was last asked.
  struct Changes: Hashable, Sendable {
    /// Those that went offline, whether or not they are back.
    var offline: Set<UInt32> = []
    /// Whether any came or went.
    var isAny = false
  }

  /// Takes out what has come. When more came than there was room for, all of `known` may have
  /// gone.
  func takeChanges(of known: [UInt32]) -> Changes {
    var changes = Changes()
    while true {
      do throws(KernelError) {
        guard let count = try socket.receive(into: &buffer) else { return changes }
        guard let event = Self.event(buffer[..<count]) else { continue }
        changes.isAny = true
        if !event.isOnline { changes.offline.insert(event.cpu) }
      } catch {
        changes = Changes(offline: Set(known), isAny: true)
        // After anything but an overflow there would be no end.
        guard error.errno == ENOBUFS else { return changes }
      }
    }
  }

  /// The CPU of a message such as `online@/devices/system/cpu/cpu1`, which ends with a NUL; nil if
  /// it is about anything else.
  package static func event(_ message: ArraySlice<UInt8>) -> (cpu: UInt32, isOnline: Bool)? {
    let text = String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
    for (action, isOnline) in [("online", true), ("offline", false)] {
      let prefix = "\(action)@/devices/system/cpu/cpu"
      guard text.hasPrefix(prefix), let cpu = UInt32(text.dropFirst(prefix.count)) else { continue }
      return (cpu, isOnline)
    }
    return nil
  }
}
