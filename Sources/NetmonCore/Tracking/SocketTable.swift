/// The sockets that are followed, found by their ends, as snapshots see them, or by the address of
/// the kernel's socket, as events do.
struct SocketTable: Sendable {
  /// What makes two sightings the same socket. The inode cannot: it is gone in `TIME_WAIT`. It
  /// tells apart only sockets without a peer, which may share an address (`SO_REUSEPORT`).
  struct Ends: Hashable {
    /// 0 when unknown: an inbound connection is made in interrupt context.
    var networkNamespace: UInt64
    var local: Endpoint
    var remote: Endpoint
    var transport: TransportProtocol
    var inode: UInt64 = 0

    init(
      networkNamespace: UInt64, transport: TransportProtocol, local: Endpoint, remote: Endpoint,
      inode: UInt64 = 0
    ) {
      self.networkNamespace = networkNamespace
      self.transport = transport
      self.local = local
      self.remote = remote
      self.inode = inode
    }

    var withoutInode: Ends {
      var ends = self
      ends.inode = 0
      return ends
    }
  }

  /// Stands for one socket, and for no other one once that has ended.
  struct Handle: Hashable {
    fileprivate var place: Int32
    fileprivate var serial: UInt32
  }

  private struct Place {
    var socket: TrackedSocket?
    var serial: UInt32
  }

  private var places: [Place] = []
  private var free: [Int32] = []
  private var byEnds: [Ends: Handle] = [:]
  private var byKernelAddress: [UInt64: Handle] = [:]

  var count: Int { places.count - free.count }

  mutating func reserveCapacity(_ count: Int) {
    places.reserveCapacity(count)
    byEnds.reserveCapacity(count)
  }

  /// All sockets, in no order.
  var handles: some Sequence<Handle> {
    places.indices.lazy.compactMap { index in
      self.places[index].socket == nil
        ? nil : Handle(place: Int32(index), serial: self.places[index].serial)
    }
  }

  subscript(ends: Ends) -> Handle? { byEnds[ends] }
  subscript(kernelAddress address: UInt64) -> Handle? { byKernelAddress[address] }

  /// The socket, or nil once it has ended.
  subscript(handle: Handle) -> TrackedSocket? {
    _read {
      if places[Int(handle.place)].serial == handle.serial {
        yield places[Int(handle.place)].socket
      } else {
        yield nil
      }
    }
    _modify {
      // A handle that outlived its socket must not reach the next one in its place.
      var nothing: TrackedSocket?
      if places[Int(handle.place)].serial == handle.serial {
        yield &places[Int(handle.place)].socket
      } else {
        yield &nothing
      }
    }
  }

  /// Whether the socket is still followed.
  func contains(_ handle: Handle) -> Bool {
    places[Int(handle.place)].serial == handle.serial
  }

  /// Changes a socket where it is, as it is large; returns nil once it has ended.
  mutating func update<Result>(
    _ handle: Handle, _ change: (inout TrackedSocket) -> Result
  ) -> Result? {
    let place = Int(handle.place)
    guard places[place].serial == handle.serial, places[place].socket != nil else { return nil }
    return change(&places[place].socket!)
  }

  mutating func insert(_ socket: TrackedSocket) -> Handle {
    let handle: Handle
    if let place = free.popLast() {
      places[Int(place)].serial &+= 1
      places[Int(place)].socket = socket
      handle = Handle(place: place, serial: places[Int(place)].serial)
    } else {
      handle = Handle(place: Int32(places.count), serial: 0)
      places.append(Place(socket: socket, serial: 0))
    }
    if let ends = socket.ends { byEnds[ends] = handle }
    if let attempt = socket.attempt { byKernelAddress[attempt.kernelAddress] = handle }
    return handle
  }

  mutating func remove(_ handle: Handle) -> TrackedSocket? {
    guard contains(handle) else { return nil }
    index(handle, ends: nil)
    // Moved out, as it is large.
    var socket: TrackedSocket?
    swap(&socket, &places[Int(handle.place)].socket)
    if let address = socket?.attempt?.kernelAddress, byKernelAddress[address] == handle {
      byKernelAddress[address] = nil
    }
    places[Int(handle.place)].serial &+= 1
    free.append(handle.place)
    return socket
  }

  /// Lets a socket be found by these ends, or by none; another one found by them no longer is.
  mutating func index(_ handle: Handle, ends: Ends?) {
    guard let old = self[handle]?.ends else {
      self[handle]?.ends = ends
      if let ends { byEnds[ends] = handle }
      return
    }
    guard old != ends else { return }
    if byEnds[old] == handle { byEnds[old] = nil }
    self[handle]?.ends = ends
    if let ends { byEnds[ends] = handle }
  }

  /// Lets a socket known from snapshots be found by the kernel's address too.
  mutating func attach(_ attempt: Attempt, to handle: Handle) {
    self[handle]?.attempt = attempt
    byKernelAddress[attempt.kernelAddress] = handle
  }
}

/// One socket that is followed, and the record it makes.
struct TrackedSocket: Sendable {
  var record: Connection
  /// What snapshots find it by; nil while its local port is unknown, and once it is closed.
  var ends: SocketTable.Ends?
  var inode: UInt64 = 0
  /// The observation in which it was last seen.
  var seenAt: UInt64
  /// What events told of it; nil when it is known from snapshots only.
  var attempt: Attempt?
  /// netmon's own: followed so that its `TIME_WAIT` is recognised, never reported.
  var isExcluded = false
  /// Changed since the last drain.
  var isDirty = false
  /// Whether a version of it has left the tracker.
  var isReported = false
}
