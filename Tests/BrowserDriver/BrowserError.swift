/// Why a browser did not do what was asked.
package enum BrowserError: Error, CustomStringConvertible {
  /// A system call failed while it was started (errno(3)).
  case system(String, errno: Int32)
  /// It has ended.
  case ended
  /// It refused a command.
  case refused(command: String, reason: String)
  /// A script of the page threw this.
  case thrown(String)
  /// Nothing on the page matches a selector.
  case missing(selector: String)
  /// What was waited for did not come.
  case late(condition: String, page: String)

  package var description: String {
    switch self {
    case .system(let operation, let errno): "\(operation) failed with errno \(errno)"
    case .ended: "the browser has ended"
    case .refused(let command, let reason): "\(command) was refused: \(reason)"
    case .thrown(let text): "the page threw \(text)"
    case .missing(let selector): "the page has no \(selector)"
    case .late(let condition, let page): "'\(condition)' did not come; the page says:\n\(page)"
    }
  }
}
