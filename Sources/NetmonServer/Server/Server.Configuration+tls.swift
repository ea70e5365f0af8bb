extension Server.Configuration {
  /// The certificate and key as their files have them now, and the state that these were in; nil
  /// without TLS.
  func loadIdentity() throws(ServerError) -> (identity: ServerIdentity, state: TLSFiles.State)? {
    guard let tls else { return nil }
    // Looked at before they are read: what is written meanwhile is seen as a change.
    let state = TLSFiles.State(of: tls)
    do throws(TLSFileError) {
      return (try ServerIdentity(tls), state)
    } catch {
      throw .tls(error)
    }
  }
}
