/// What is wrong with the arguments, before it is known to which command they belong.
struct Mistake: Error {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}
