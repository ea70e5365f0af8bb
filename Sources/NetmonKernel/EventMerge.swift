internal import NetmonCore

/// Brings the events of several rings, each in order by itself, into one order of time.
struct EventMerge {
  /// What is left of the events of a ring.
  private struct Queue {
    var events: [SocketEvent] = []
    var next = 0
  }

  /// When the next event of a ring was. Of the same time, the lower ring comes first.
  private struct Turn: Comparable {
    var time: UInt64
    var ring: Int

    static func < (a: Self, b: Self) -> Bool { (a.time, a.ring) < (b.time, b.ring) }
  }

  private var queues: [Queue] = []
  /// A binary heap: each turn is before those at twice its position plus one and two.
  private var turns: [Turn] = []

  /// Appends an event to those of its ring; rings are numbered from 0, with few gaps.
  mutating func append(_ event: SocketEvent, to ring: Int) {
    while queues.count <= ring { queues.append(Queue()) }
    queues[ring].events.append(event)
  }

  /// Takes out the events up to the time `limit`, and keeps later ones.
  mutating func take(until limit: UInt64) -> [SocketEvent] {
    var merged: [SocketEvent] = []
    merged.reserveCapacity(queues.reduce(0) { $0 + $1.events.count })
    for ring in queues.indices {
      if let turn = turn(of: ring, until: limit) { insert(turn) }
    }
    while let turn = turns.first {
      merged.append(queues[turn.ring].events[queues[turn.ring].next])
      queues[turn.ring].next += 1
      if let later = self.turn(of: turn.ring, until: limit) {
        replaceFirst(with: later)
      } else {
        let last = turns.removeLast()
        if !turns.isEmpty { replaceFirst(with: last) }
      }
    }
    for ring in queues.indices where queues[ring].next > 0 {
      queues[ring].events.removeFirst(queues[ring].next)
      queues[ring].next = 0
    }
    return merged
  }

  private func turn(of ring: Int, until limit: UInt64) -> Turn? {
    let next = queues[ring].next
    guard next < queues[ring].events.count else { return nil }
    let time = queues[ring].events[next].time
    return time <= limit ? Turn(time: time, ring: ring) : nil
  }

  private mutating func insert(_ turn: Turn) {
    turns.append(turn)
    var index = turns.count - 1
    while index > 0, turns[index] < turns[(index - 1) / 2] {
      turns.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func replaceFirst(with turn: Turn) {
    turns[0] = turn
    var index = 0
    while true {
      var least = index
      for child in 2 * index + 1...2 * index + 2
      where child < turns.count && turns[child] < turns[least] { least = child }
      if least == index { return }
      turns.swapAt(index, least)
      index = least
    }
  }
}
