/// What a script learns from the exit status.
enum ExitCode: Int32 {
  case success = 0
  case failure = 1
  case usage = 2
  case unreachable = 3
  case notAuthorised = 4
}
