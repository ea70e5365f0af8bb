/// The processes that may own sockets, remembered from scan to scan.
struct ProcessTable: Sendable {
  struct Process {
    var stat: ProcessStat
    /// The scan in which its open files were last walked; 0 when never.
    var walked: UInt32 = 0
    /// The scan in which a walk last found a new socket in it; 0 when never.
    var gained: UInt32 = 0
    /// The last scan whose snapshot had a socket of it; 0 when none had.
    var owned: UInt32 = 0
    /// Tells the process from the others that had this place before; 0 when the place is free.
    fileprivate var serial: UInt32
    fileprivate var listing: UInt32
  }

  /// Stands for a process, and for no other one once that has ended.
  struct Handle: Hashable {
    fileprivate var place: Int32
    fileprivate var serial: UInt32
  }

  private var places: [Process] = []
  private var free: [Int32] = []
  private var handles: [Int32: Handle] = [:]
  private var lastSerial: UInt32 = 0
  private var listing: UInt32 = 0

  func isAlive(_ handle: Handle) -> Bool {
    places[Int(handle.place)].serial == handle.serial
  }

  /// The process; of a handle that is alive.
  subscript(handle: Handle) -> Process {
    _read { yield places[Int(handle.place)] }
    _modify { yield &places[Int(handle.place)] }
  }

  subscript(pid pid: Int32) -> Handle? { handles[pid] }

  /// All living processes, in no order.
  var all: some Collection<Handle> { handles.values }

  /// Makes the table hold those processes that are there now: reads `stat` of each new one and
  /// drops those that are gone. Returns how many `stat` files that took.
  ///
  /// Throws `ProcError` if the processes cannot be listed.
  mutating func update(from fs: ProcFS, skipped: inout SkipCounts) throws(ProcError) -> Int {
    listing &+= 1
    var reads = 0
    for pid in try fs.processIDs() {
      if let handle = handles[pid] {
        self[handle].listing = listing
        continue
      }
      reads += 1
      do {
        insert(try fs.processStat(pid))
      } catch {
        skipped.count(error)
      }
    }
    for (pid, handle) in handles where self[handle].listing != listing {
      remove(pid: pid)
    }
    return reads
  }

  mutating func remove(pid: Int32) {
    guard let handle = handles.removeValue(forKey: pid) else { return }
    self[handle].serial = 0
    free.append(handle.place)
  }

  private mutating func insert(_ stat: ProcessStat) {
    lastSerial += 1
    let process = Process(stat: stat, serial: lastSerial, listing: listing)
    let place: Int32
    if let reused = free.popLast() {
      place = reused
      places[Int(place)] = process
    } else {
      place = Int32(places.count)
      places.append(process)
    }
    handles[stat.identity.pid] = Handle(place: place, serial: lastSerial)
  }
}
