/// The systemd unit and the container that a process belongs to, from `/proc/PID/cgroup`
/// (cgroups(7)).
///
/// Lines are `ID:CONTROLLERS:PATH`. Cgroup v2 has the one line `0::PATH`; with v1 systemd keeps
/// its own hierarchy `name=systemd`, and those two are asked first.
package struct ProcessCgroup: Equatable {
  /// The innermost part of the path that is named like a service or a scope, but for the scope
  /// that a container runtime made for a container: that one is what `container` tells.
  package var unit: String?
  /// The id, or the name with runtimes that know only names (LXC, systemd-nspawn), of the
  /// innermost container.
  package var container: String?

  package init(_ text: Span<UInt8>) {
    var index = 0
    var paths: [(rank: Int, path: String)] = []
    while let line = text.line(at: &index) {
      let parts = text.string(in: line).split(
        separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let rank = parts[0] == "0" && parts[1].isEmpty ? 0 : parts[1] == "name=systemd" ? 1 : 2
      paths.append((rank, String(parts[2])))
    }
    for (_, path) in paths.sorted(by: { $0.rank < $1.rank }) {
      let components = path.split(separator: "/")
      unit = unit ?? components.reversed().lazy.compactMap(Self.unit).first
      container = container ?? Self.container(in: components)
    }
  }

  private static func unit(_ component: Substring) -> String? {
    // systemd puts `_` before a name that could be taken for a kernel file (`cg_escape`).
    let name = component.hasPrefix("_") ? component.dropFirst() : component
    guard name.hasSuffix(".service") || name.hasSuffix(".scope"), name.utf8.count <= 255,
      name.utf8.allSatisfy(isUnitByte)
    else { return nil }
    return name.hasSuffix(".scope") && container(component) != nil ? nil : String(name)
  }

  /// systemd.unit(5): letters, digits and `:-_.\`, and `@` for instances.
  private static func isUnitByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: ":-_.\\@".utf8.contains(byte)
    }
  }

  private static func container(in components: [Substring]) -> String? {
    for (index, component) in components.enumerated().reversed() {
      if let name = container(component) { return name }
      // LXC before 4.0, and Proxmox: `/lxc/NAME/ns/…`.
      if index > 0, components[index - 1] == "lxc" { return String(component) }
    }
    return nil
  }

  /// The container that one part of a path is of:
  ///
  /// - 64 hexadecimal digits alone or behind the runtime's name: `/docker/ID`,
  ///   `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `crio-ID.scope`,
  ///   `kubepods-…slice:cri-containerd:ID`, `/kubepods/burstable/podUID/ID`;
  /// - `lxc.payload.NAME`;
  /// - `machine-NAME.scope` and `systemd-nspawn@NAME.service`.
  private static func container(_ component: Substring) -> String? {
    let name = component.hasSuffix(".scope") ? component.dropLast(6) : component
    // The monitor of a container (`libpod-conmon-ID`) runs outside it.
    if let id = hexadecimalID(name) { return name.contains("conmon") ? nil : id }
    if name.hasPrefix("lxc.payload.") { return String(name.dropFirst(12)) }
    if name.hasPrefix("systemd-nspawn@"), name.hasSuffix(".service") {
      return unescape(name.dropFirst(15).dropLast(8))
    }
    if name.hasPrefix("machine-"), name.count < component.count {
      let machine = unescape(name.dropFirst(8))
      // libvirt's virtual machines are registered in the same way, but are no containers.
      return machine.hasPrefix("qemu-") ? nil : machine
    }
    return nil
  }

  private static func hexadecimalID(_ name: Substring) -> String? {
    let id = name.utf8.suffix(64)
    guard id.count == 64, id.allSatisfy({ hexDigitValue($0) != nil }) else { return nil }
    guard id.startIndex > name.startIndex else { return String(name) }
    let before = name.utf8[name.utf8.index(before: id.startIndex)]
    return before == UInt8(ascii: "-") || before == UInt8(ascii: ":") ? String(id) : nil
  }

  /// Undoes systemd-escape(1): `\x2d` is `-`.
  private static func unescape(_ name: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = name.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.dropFirst().prefix(2).compactMap(hexDigitValue)
      if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), digits.count == 2 {
        bytes.append(digits[0] << 4 | digits[1])
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
