import NetmonCore

/// A row of the table `process`, without its id.
struct ProcessRow: Hashable {
  var hostID: Int64?
  var pid: Int32
  var started: UInt64
  var executableID: Int64
  var userID: UInt32?
  var user: ExactText?
  var unit: ExactText?
  var container: ExactText?
  var parentID: Int32?
  var parentName: ExactText?
  var command: ExactText?

  init(_ process: ProcessDetails, hostID: Int64?, executableID: Int64) {
    self.hostID = hostID
    pid = process.identity.pid
    started = process.identity.startTime
    self.executableID = executableID
    userID = process.userID
    user = process.user.map(ExactText.init)
    unit = process.unit.map(ExactText.init)
    container = process.container.map(ExactText.init)
    parentID = process.parentID
    parentName = process.parentName.map(ExactText.init)
    command = process.command.map(ExactText.init)
  }

  /// What both rows know, if they are of one process: they contradict nowhere.
  ///
  /// Without a start time a pid says too little, as the kernel gives it out again; then only equal
  /// rows are one process.
  func merged(with other: ProcessRow) -> ProcessRow? {
    guard self != other else { return self }
    guard started != 0 else { return nil }
    var merged = self
    func fill<Value: Equatable>(_ field: WritableKeyPath<ProcessRow, Value?>) -> Bool {
      guard let known = merged[keyPath: field] else {
        merged[keyPath: field] = other[keyPath: field]
        return true
      }
      return other[keyPath: field].map { $0 == known } ?? true
    }
    let agrees =
      fill(\.userID) && fill(\.user) && fill(\.unit) && fill(\.container) && fill(\.parentID)
      && fill(\.parentName) && fill(\.command)
    return agrees ? merged : nil
  }

  /// The columns that identify an instance: `pid, host_id, started, executable_id`.
  var identity: [SQLValue] {
    [
      SQLValue(pid), SQLValue(hostID), .integer(Int64(bitPattern: started)),
      .integer(executableID),
    ]
  }

  /// `user_id, user, unit, container, parent_id, parent_name, command`.
  var details: [SQLValue] {
    [
      SQLValue(userID), SQLValue(user?.text), SQLValue(unit?.text), SQLValue(container?.text),
      SQLValue(parentID), SQLValue(parentName?.text), SQLValue(command?.text),
    ]
  }

  static let detailColumns = "user_id, user, unit, container, parent_id, parent_name, command"
}
