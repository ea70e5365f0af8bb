extension ConnectionTracker {
  /// A call is told twice where perf samples it: with its destination and without.
  mutating func noteCall(_ descriptor: Int32, _ destination: Endpoint?, _ event: SocketEvent) {
    let before = history.calls[event.thread]
    let isSame = before?.descriptor == descriptor && before?.socket == nil
    history.calls[event.thread] = .init(
      descriptor: descriptor, destination: destination ?? (isSame ? before?.destination : nil))
  }

  /// What connect(2) returned; seen only when system calls are traced. It settles what events
  /// leave open: the exact errno of an attempt that failed at once.
  mutating func handleConnectExit(_ result: Int32, _ event: SocketEvent) {
    guard let call = history.calls.removeValue(forKey: event.thread) else { return }
    switch result {
    case 0..., -115, -114, -106:
      return  // EINPROGRESS, EALREADY, EISCONN
    case -516 ... -512, -4:
      return  // ERESTARTSYS and its like, EINTR: the attempt goes on.
    default:
      break
    }
    let errno = result == .min ? 0 : -result
    if let handle = call.socket {
      if let attempt = sockets[handle]?.attempt, attempt.established == nil, attempt.error == 0 {
        sockets[handle]?.attempt?.error = errno
      }
    } else if var failure = history.routes.take(event.thread) {
      failure.errno = errno
      report(failure)
    } else if let destination = call.destination {
      reportRefusedCall(destination, errno, event)
    }
  }

  /// Records a call that failed before a route was asked for: a broadcast or multicast address, a
  /// scope that is missing, a program that forbids it (cgroup, security module).
  private mutating func reportRefusedCall(
    _ destination: Endpoint, _ errno: Int32, _ event: SocketEvent
  ) {
    // EBADF, EFAULT, ENOTSOCK: no attempt. ECONNABORTED: the second connect(2) on a socket whose
    // failure was told before, as is a repetition of its error.
    if [9, 14, 88, 103].contains(errno) || repeatsFailure(destination, errno, event) { return }
    let process = history.threads.process(of: event.thread)
    guard !isOwn(process) else { return }
    let time = history.clock.timestamp(event.time)
    let nowhere: IPAddress = destination.address.family == .ipv4 ? .anyIPv4 : .anyIPv6
    var record = record(
      at: time, .tcp, .CLOSE, .outbound, local: Endpoint(nowhere, 0), remote: destination,
      networkNamespace: history.threads.networkNamespace(of: event.thread))
    record.process = process
    record.enter(.CLOSE, at: time)
    record.take(.route(errno))
    report(record)
  }

  private func repeatsFailure(
    _ destination: Endpoint, _ errno: Int32, _ event: SocketEvent
  ) -> Bool {
    guard let handle = history.latest[event.thread], let socket = sockets[handle] else {
      return false
    }
    return socket.record.remote == destination && socket.attempt?.closing != nil
      && socket.attempt?.error == errno
  }
}
