import NetmonCore
import Synchronization

/// The records printed by `-o`, from the collector's own thread.
final class RecordOutput: Sendable {
  private let printer: Mutex<ConnectionPrinter>

  init(_ printer: ConnectionPrinter) {
    self.printer = Mutex(printer)
  }

  func print(_ connections: [Connection]) {
    printer.withLock { printer in
      for connection in connections { printer.print(connection) }
      printer.flush()
    }
  }

  func finish() {
    printer.withLock { $0.finish() }
  }
}
