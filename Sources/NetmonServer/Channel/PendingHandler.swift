import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Says of a connection when nothing is done for it, and closes it when others need its room.
///
/// Deadlines alone let a thousand slow clients in, who come back when theirs is over.
final class PendingHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let meters: Meters
  private let room: PendingRoom
  private let tarpit: Tarpit
  private var phase: PendingRoom.Phase?
  /// How many times a phase has begun.
  private var turn = 0
  /// Requests whose responses are not all taken.
  private var requests = 0
  private var isReceiving = false
  /// Bytes of the body since the last look.
  private var received = 0
  /// Whether the last response was more than an error.
  private var isServed = false
  private var isOver = false

  init(_ meters: Meters, _ room: PendingRoom, _ tarpit: Tarpit) {
    self.meters = meters
    self.room = room
    self.tarpit = tarpit
  }

  func handlerAdded(context: ChannelHandlerContext) {
    enter(.unheard, context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      requests += 1
      isReceiving = true
    case .body(let bytes):
      received += bytes.readableBytes
    case .end:
      isReceiving = false
      settle(context)
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // A request that came whole is none that is waited for.
    if isReceiving {
      if phase != .body { enter(.body, context) }
      if received > 0 { room.receive(received, from: ObjectIdentifier(self)) }
    }
    received = 0
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isServed = [.successful, .redirection].contains(head.status.kind)
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      let taken = promise ?? context.eventLoop.makePromise()
      taken.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.isTaken(context) }
      context.write(data, promise: taken)
    }
  }

  private func isTaken(_ context: ChannelHandlerContext) {
    // What cannot be read is answered too, and is no request.
    requests = max(requests - 1, 0)
    settle(context)
  }

  /// Whoever has got nothing but errors is no better than one that has asked nothing.
  private func settle(_ context: ChannelHandlerContext) {
    guard !isReceiving, !isOver else { return }
    if requests > 0 { leave() } else { enter(isServed ? .idle : .unheard, context) }
  }

  private func enter(_ phase: PendingRoom.Phase, _ context: ChannelHandlerContext) {
    turn += 1
    self.phase = phase
    let letGo = NIOLoopBound(
      { [weak self, turn] in
        // It may have gone on meanwhile.
        guard let self, self.phase != nil, self.turn == turn else { return }
        self.drop(for: phase.fault, context)
      }, eventLoop: context.eventLoop)
    let isCrowded = room.enter(ObjectIdentifier(self), phase) {
      letGo.eventLoop.execute { letGo.value() }
    }
    guard isCrowded else { return }
    context.eventLoop.scheduleTask(in: TimeAmount(room.grace)) { [room] in
      room.makeRoom(in: phase)
    }
  }

  private func drop(for fault: ConnectionFault, _ context: ChannelHandlerContext) {
    meters.countFault(fault)
    try? context.pipeline.syncOperations.handler(type: HandshakeHandler.self).isSettled = true
    // Who has got what it asked for is told to come again.
    if fault == .idleDropped { context.abort() } else { tarpit.close(context) }
  }

  private func leave() {
    phase = nil
    room.leave(ObjectIdentifier(self))
  }

  private func end() {
    isOver = true
    leave()
  }
}

extension PendingRoom.Phase {
  fileprivate var fault: ConnectionFault {
    switch self {
    case .unheard: .requestDropped
    case .body: .bodyDropped
    case .idle: .idleDropped
    }
  }
}
