/// The names that stand for values of the model, as netmon writes them.
enum RecordNames {
  static let errors = NameTable(ConnectionError.all) { $0.name }
  static let protocols = NameTable(TransportProtocol.allCases) { $0.name }
  static let states = NameTable(TCPState.allCases) { $0.name }
  static let directions = NameTable(Direction.allCases) { $0.rawValue }
  static let stages = NameTable(ErrorStage.allCases) { $0.rawValue }
  static let sources = NameTable(ErrorSource.allCases) { $0.rawValue }
  static let causes = NameTable(ErrorCause.allCases) { $0.rawValue }
}
