import Logging
import NetmonCore

/// Takes up a new certificate and key when their files change.
///
/// Whoever renews them may write one file after the other, or in place: until both fit together and
/// are valid, the pair before goes on. That is said once, not at every look.
actor IdentityWatcher {
  private let executor = BlockingExecutor(label: "netmon.certificates")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let files: TLSFiles
  private let current: CurrentIdentity
  private let logger: Logger
  private let now: @Sendable () -> Timestamp
  /// The files that the current identity is from.
  private var loaded: TLSFiles.State
  /// What is wrong with the files as they are now.
  private var complaint: String?
  private var hasToldOfFlaw = false

  /// How often to look.
  static let interval = Duration.seconds(2)

  init(
    _ files: TLSFiles, loaded: TLSFiles.State, into current: CurrentIdentity, logger: Logger,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.files = files
    self.loaded = loaded
    self.current = current
    self.logger = logger
    self.now = now
  }

  /// Looks again and again, until cancelled.
  func run() async {
    while !Task.isCancelled {
      try? await ContinuousClock().sleep(for: Self.interval)
      look()
    }
  }

  func look() {
    let state = TLSFiles.State(of: files)
    if state != loaded {
      // Again at every look while it fails: a file that is being written can end as it was seen.
      load(state)
    } else {
      complaint = nil
    }
    tellOfFlaw()
  }

  private func load(_ state: TLSFiles.State) {
    do throws(TLSFileError) {
      let identity = try ServerIdentity(files)
      if let flaw = identity.flaw(at: now()), current.value.flaw(at: now()) == nil {
        return complain("the new certificate in '\(files.certificate)' \(flaw)")
      }
      current.value = identity
      loaded = state
      complaint = nil
      hasToldOfFlaw = false
      logger.notice(
        "new certificate in use", metadata: ["until": "\(identity.validity.upperBound)"])
    } catch {
      complain("\(error)")
    }
  }

  private func complain(_ reason: String) {
    guard complaint != reason else { return }
    complaint = reason
    logger.warning(
      "the certificate files have changed and cannot be used; the one before stays in use",
      metadata: ["error": "\(reason)"])
  }

  /// Says if the key is no secret on this machine.
  func tellOfOpenKey() {
    guard files.keyIsReadableByAnybody else { return }
    logger.warning(
      "anybody on this machine may read the private key: chmod 640 or less",
      metadata: ["key": "\(files.key)"])
  }

  /// Says if clients will not accept the certificate that is in use.
  func tellOfFlaw() {
    guard !hasToldOfFlaw, let flaw = current.value.flaw(at: now()) else { return }
    hasToldOfFlaw = true
    logger.warning(
      "clients will refuse the server's certificate; a new one is taken up without a restart",
      metadata: ["certificate": "\(files.certificate)", "reason": "\(flaw)"])
  }
}
