/// Asks again and again until the condition holds or the time is up, and says whether it held.
///
/// Under ThreadSanitizer there is ten times as much of it.
package func eventually(
  within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + limit * (ThreadSanitizer.isWatching ? 10 : 1)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return try await condition()
}
