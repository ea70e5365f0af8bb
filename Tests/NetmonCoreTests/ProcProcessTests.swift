import Glibc
import Testing

@testable import NetmonCore

@Suite("/proc/PID")
struct ProcProcessTests {
  @Test(
    "A name may hold anything, also what ends a name",
    arguments: ["bash", ") (", "a b", "x) S 1 2 3 (y", "line\nbreak", "", "((((", "💥"])
  func stat(name: String) throws {
    let bytes = Array(ProcTree.statLine(4242, name: name, start: 987_654_321, parent: 17).utf8)
    let parsed = ProcessStat(bytes.span)
    let stat = try #require(parsed)
    #expect(stat.identity == ProcessIdentity(pid: 4242, startTime: 987_654_321))
    #expect(stat.name == name)
    #expect(stat.parentID == 17)
    #expect(!stat.isKernelThread)
  }

  @Test func statWithInvalidUTF8() throws {
    let bytes =
      Array("7 (".utf8) + [0xFF, 0x41]
      + Array(ProcTree.statLine(7, name: "", start: 5).utf8.dropFirst(3))
    let stat = ProcessStat(bytes.span)
    #expect(stat?.name == "\u{FFFD}ffA")
  }

  @Test func kernelThread() throws {
    let bytes = Array(
      ProcTree.statLine(2, name: "kthreadd", start: 1, parent: 0, flags: 0x20_8040).utf8)
    let stat = ProcessStat(bytes.span)
    #expect(stat?.isKernelThread == true)
  }

  @Test func zombie() throws {
    for (state, expected) in [("S", false), ("Z", true), ("X", true)] {
      let line = ProcTree.statLine(7, name: "gone) Z (", state: state, start: 1)
      let stat = ProcessStat(Array(line.utf8).span)
      #expect(stat?.isZombie == expected)
    }
  }

  @Test("Cut anywhere before the end of field 22, stat is refused")
  func cutStat() throws {
    let whole = Array("4242 (a) b) S 1 5 5 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 987 ".utf8)
    for length in 0...whole.count {
      let part = Array(whole[..<length])
      let stat = ProcessStat(part.span)
      #expect((stat == nil) == (length < whole.count), "\(String(decoding: part, as: UTF8.self))")
    }
  }

  private static let id = "4c01db0b339c4f7f9ff4b6a0a8b7b1e1a3c6a4d6a5f0d2a9e8b7c6d5e4f3a2b1"

  @Test(
    "Units and containers of every runtime",
    arguments: [
      ("0::/", nil, nil),
      ("0::/init.scope", "init.scope", nil),
      ("0::/system.slice/nginx.service", "nginx.service", nil),
      ("0::/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", nil),
      ("0::/user.slice/user-1000.slice/session-3.scope", "session-3.scope", nil),
      (
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox-12.scope",
        "app-firefox-12.scope", nil
      ),
      ("12:pids:/a.service\n1:name=systemd:/system.slice/b.service\n", "b.service", nil),
      ("9:name=systemd:/\n4:memory:/docker/\(id)\n0::/\n", nil, id),
      ("0::/docker/\(id)", nil, id),
      ("0::/system.slice/docker-\(id).scope", nil, id),
      ("0::/system.slice/docker-\(id).scope/system.slice/cron.service", "cron.service", id),
      ("0::/machine.slice/libpod-\(id).scope/container", nil, id),
      ("0::/machine.slice/libpod-conmon-\(id).scope", "libpod-conmon-\(id).scope", nil),
      ("0::/system.slice/web.service/libpod-payload-\(id)", "web.service", id),
      (
        "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(id).scope",
        "user@1000.service", id
      ),
      ("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-\(id).scope", nil, id),
      ("0::/kubepods.slice/kubepods-besteffort.slice/crio-\(id).scope", nil, id),
      ("0::/kubepods/burstable/pod2f4e-11/\(id)", nil, id),
      ("1:name=systemd:/system.slice/kubepods-pod1.slice:cri-containerd:\(id)", nil, id),
      ("0::/lxc.payload.web/system.slice/ssh.service", "ssh.service", "web"),
      ("1:name=systemd:/lxc/101/ns/init.scope", "init.scope", "101"),
      ("0::/lxc.monitor.web", nil, nil),
      ("0::/machine.slice/machine-my\\x2dbox.scope/payload", nil, "my-box"),
      (
        "0::/machine.slice/systemd-nspawn@my\\x2dbox.service/payload/init.scope", "init.scope",
        "my-box"
      ),
      (
        "0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope", nil
      ),
      ("0::/system.slice/_odd.service", "odd.service", nil),
      ("0::/system.slice/ev\u{1B}il.service", nil, nil),
      ("nonsense\n:::\n0:\n\n", nil, nil),
    ] as [(String, String?, String?)])
  func cgroup(text: String, unit: String?, container: String?) {
    let bytes = Array(text.utf8)
    let cgroup = ProcessCgroup(bytes.span)
    #expect(cgroup.unit == unit)
    #expect(cgroup.container == container)
  }

  @Test func details() throws {
    let tree = try ProcTree()
    tree.process(50, name: "parent", start: 10)
    tree.process(51, name: "child", start: 20, parent: 50)
    tree.link("51/exe", to: "/opt/gone/child (deleted)")
    tree.write("51/cmdline", "child\0--token\0a b\0\0")
    tree.write("etc/passwd", "me:x:\(try ownUserID(tree)):0::/:\n")
    let fs = try ProcFS(root: tree.root)
    let users = UserNames(path: "\(tree.root)/etc/passwd")
    var reader = ProcessReader(fs, users: users)
    let details = try reader.process(pid: 51)
    #expect(details.identity == ProcessIdentity(pid: 51, startTime: 20))
    #expect(details.name == "child")
    #expect(details.path == "/opt/gone/child")
    #expect(details.user == "me")
    #expect(details.unit == "child.service")
    #expect(details.parentID == 50)
    #expect(details.parentName == "parent")
    #expect(details.command == nil)

    var curious = ProcessReader(fs, users: users, includeCommand: true)
    #expect(try curious.process(pid: 51).command == "child --token a b")
    #expect(try curious.processes(named: "child").map(\.identity.pid) == [51])
    #expect(try curious.processes(named: "nobody").isEmpty)
  }

  private func ownUserID(_ tree: ProcTree) throws -> UInt32 {
    try ProcFS(root: tree.root).status(of: ".").st_uid
  }

  @Test("A process without files but stat, as for a kernel thread or another user's")
  func bareProcess() throws {
    let tree = try ProcTree()
    tree.write("9/stat", ProcTree.statLine(9, name: "kworker/0:1", start: 3, parent: 2))
    var reader = ProcessReader(try ProcFS(root: tree.root), includeCommand: true)
    let details = try reader.process(pid: 9)
    #expect(details.name == "kworker/0:1")
    #expect(details.path == "")
    #expect(details.unit == nil)
    #expect(details.command == nil)
    #expect(details.parentName == nil)
  }

  @Test("What is not there, and what is not a stat file, are errors that say so")
  func errors() throws {
    let tree = try ProcTree()
    tree.write("9/stat", "garbage")
    let fs = try ProcFS(root: tree.root)
    #expect(throws: ProcError.malformed(path: "9/stat")) { try fs.processStat(9) }
    #expect(throws: ProcError.system(.open, path: "8/stat", errno: 2)) { try fs.processStat(8) }
    #expect(throws: ProcError.system(.open, path: "/nonexistent", errno: 2)) {
      _ = try ProcFS(root: "/nonexistent")
    }
  }
}
