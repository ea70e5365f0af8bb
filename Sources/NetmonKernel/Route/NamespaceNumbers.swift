internal import CLinux
internal import Glibc

/// Gives other network namespaces numbers in ours: from one without, nothing is heard by a socket
/// that listens to all (`NETLINK_LISTEN_ALL_NSID`; ip-netns(8), `net/core/net_namespace.c`). Unlike
/// a socket inside, a number does not keep a namespace alive.
final class NamespaceNumbers {
  private let requests: NetlinkSocket
  private let endings: NetlinkSocket
  /// Our own, which needs no number.
  private let own: UInt64
  /// The inodes of those that have one.
  private(set) var numbered: Set<UInt64> = []
  /// The inodes by number, as that of a namespace that has ended is given to the next one.
  private var inodes: [Int32: UInt64] = [:]
  private var isAllowed = true
  private var buffer = [UInt8](repeating: 0, count: 1 << 12)

  /// The kernel looks through all numbers for each message that comes from another namespace.
  private static let limit = 1024

  /// Those of the network namespace that the calling thread is in.
  ///
  /// Throws `KernelError.system`.
  init() throws(KernelError) {
    requests = try NetlinkSocket(family: NETLINK_ROUTE, isBlocking: true)
    endings = try NetlinkSocket(family: NETLINK_ROUTE, isBlocking: false)
    try endings.join(groups: 1 << (RTNLGRP_NSID.rawValue - 1))
    let path = "/proc/thread-self/ns/net"
    own = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), .open, path).inode
  }

  /// Gives a namespace a number (`RTM_NEWNSID`, CAP_NET_ADMIN) unless it has one. It is found by a
  /// thread that is in it; if that has ended or moved on, nothing is done, so that another one may
  /// be tried.
  func add(_ namespace: UInt64, of thread: Int32) {
    guard isAllowed, numbered.count < Self.limit, namespace != own, !numbered.contains(namespace),
      let file = try? Descriptor(networkNamespace: namespace, of: thread)
    else { return }
    // Each number that is given is told as well.
    forgetEnded()
    // The descriptor holds it: it is the same one until this is over.
    withExtendedLifetime(file) {
      guard isNumbered(file), let number = number(of: file) else { return }
      numbered.insert(namespace)
      // If it was another's, that has ended, and the message that says so is still to come.
      if let former = inodes.updateValue(namespace, forKey: number), former != namespace {
        numbered.remove(former)
      }
    }
  }

  /// Forgets the namespaces that have ended, which the kernel tells before it gives their inodes to
  /// others: to be called when events of those have come and before these are acted upon.
  func forgetEnded() {
    while true {
      do throws(KernelError) {
        guard let count = try endings.receive(into: &buffer) else { return }
        forgetEnded(in: buffer.span.bytes.extracting(0..<count))
      } catch {
        // Some may have been among what there was no room for. Who has a number keeps it.
        numbered = []
        inodes = [:]
        // Until all is read there is room for nothing new.
        guard error.errno == ENOBUFS else { return }
      }
    }
  }

  private func forgetEnded(in datagram: RawSpan) {
    _ = NetlinkMessage.forEach(in: datagram) { header, payload in
      guard Int(header.nlmsg_type) == Int(RTM_DELNSID), let number = Self.number(in: payload),
        let namespace = inodes.removeValue(forKey: number)
      else { return }
      numbered.remove(namespace)
    }
  }

  /// Gives it a number unless it has one, and says whether it has.
  private func isNumbered(_ file: Descriptor) -> Bool {
    do throws(KernelError) {
      try requests.sendAcknowledged(
        Self.request(RTM_NEWNSID, NLM_F_ACK, file, [(Int(NETNSA_NSID), UInt32.max)]),
        "network namespace")
      return true
    } catch {
      // Where this is forbidden, or never answered, it is not asked again: that would only take time.
      isAllowed = ![EPERM, EACCES, ETIMEDOUT].contains(error.errno)
      return error.errno == EEXIST
    }
  }

  /// The number of the namespace of an open `/proc/PID/ns/net`.
  func number(of file: Descriptor) -> Int32? {
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    guard (try? requests.send(Self.request(RTM_GETNSID, 0, file))) != nil,
      let count = try? requests.receive(into: &buffer)
    else {
      isAllowed = false
      return nil
    }
    var number: Int32?
    let datagram = buffer.span.bytes.extracting(0..<count)
    _ = NetlinkMessage.forEach(in: datagram) { header, payload in
      if Int(header.nlmsg_type) == Int(RTM_NEWNSID) { number = Self.number(in: payload) }
    }
    return number
  }

  private static func request(
    _ type: Int, _ flags: Int32, _ file: Descriptor,
    _ attributes: [(type: Int, value: UInt32)] = []
  ) -> [UInt8] {
    NetlinkMessage.request(
      type: Int32(type), flags: NLM_F_REQUEST | flags, rtgenmsg(),
      attributes: attributes + [(Int(NETNSA_FD), UInt32(bitPattern: file.number))])
  }

  private static func number(in payload: RawSpan) -> Int32? {
    var number: Int32?
    let start = NetlinkMessage.align(MemoryLayout<rtgenmsg>.size)
    NetlinkMessage.forEachAttribute(in: payload, from: start) { type, value in
      if type == Int(NETNSA_NSID) { number = value.value(0) }
    }
    return number.flatMap { $0 < 0 ? nil : $0 }
  }
}
