import NIOCore
import NIOSSL
import NetmonCore

/// What a server shows to its clients: a certificate with its chain, and the key that proves it.
struct ServerIdentity: Sendable {
  /// For new connections; those that are open keep the one they began with.
  let context: NIOSSLContext
  /// While all certificates of the chain are valid.
  let validity: Range<Timestamp>

  /// Reads both files, which must fit together. Whether they are still valid is left to the caller.
  init(_ files: TLSFiles) throws(TLSFileError) {
    let chain = try Self.chain(files.certificate)
    let key = try Self.key(files.key)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    // A peer that does not answer to the end of a connection is not waited for long.
    configuration.shutdownTimeout = .seconds(1)
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch NIOSSLError.failedToLoadPrivateKey {
      throw .mismatch(files)
    } catch {
      throw .unusable(files, reason: "\(error)")
    }
    let begin = chain.map(\.notValidBefore).max() ?? 0
    let end = chain.map(\.notValidAfter).min() ?? 0
    validity = Timestamp(seconds: begin)..<Timestamp(seconds: max(begin, end))
  }

  private static func chain(_ path: String) throws(TLSFileError) -> [NIOSSLCertificate] {
    let bytes = try TLSFiles.read(path)
    guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
      throw .noCertificate(path: path)
    }
    return chain
  }

  private static func key(_ path: String) throws(TLSFileError) -> NIOSSLPrivateKey {
    let bytes = try TLSFiles.read(path)
    // RFC 7468 §11 and, of older tools, RFC 1421 §4.6.1.1. Asked to read one of these, BoringSSL
    // would ask the terminal for the passphrase.
    let text = String(decoding: bytes, as: UTF8.self)
    guard !text.contains("BEGIN ENCRYPTED PRIVATE KEY"), !text.contains("Proc-Type: 4,ENCRYPTED")
    else { throw .encryptedKey(path: path) }
    do {
      return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
    } catch {
      throw .noKey(path: path)
    }
  }

  /// What clients will find wrong with it at a time; nil if nothing.
  func flaw(at now: Timestamp) -> String? {
    if now >= validity.upperBound { return "expired at \(validity.upperBound)" }
    if now < validity.lowerBound { return "is not valid before \(validity.lowerBound)" }
    return nil
  }
}

extension Timestamp {
  /// From time_t, as certificates have it.
  init(seconds: Int) {
    let limit = Int(Int64.max / 1_000_000)
    self.init(microseconds: Int64(min(max(seconds, -limit), limit)) * 1_000_000)
  }
}
