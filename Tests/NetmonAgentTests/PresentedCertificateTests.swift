import NIOSSL
import NetmonCore
import TestCertificates
import Testing

@testable import NetmonAgent

@Suite struct PresentedCertificateTests {
  private let now = Timestamp.test

  private func certificate(
    _ names: [String] = ["a.example"], from begin: Int64 = -10, to end: Int64 = 10
  ) -> PresentedCertificate {
    PresentedCertificate(
      names: names,
      validity: now.advanced(
        byMicroseconds: begin * 1_000_000)..<now.advanced(byMicroseconds: end * 1_000_000))
  }

  @Test func namesAndAddressesAreRead() throws {
    let issued = try CertificateAuthority().issue(for: ["a.example", "*.b.example", "192.0.2.1"])
    let certificate = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificate.utf8))[0]
    let presented = PresentedCertificate(certificate)
    #expect(presented.names == ["a.example", "*.b.example", "192.0.2.1"])
    #expect(presented.validity.lowerBound < presented.validity.upperBound)
  }

  @Test func anyExpiredOneIsTheReason() {
    let end = now.advanced(byMicroseconds: -1_000_000)
    let chain = [certificate(), certificate(from: -10, to: -1)]
    #expect(chain.refusal(at: now, authorities: nil) == "its certificate expired at \(end)")
    // The moment of its end is no longer in it.
    #expect([certificate(to: 0)].refusal(at: now, authorities: nil).contains("expired at \(now)"))
  }

  @Test func oneOfTheFutureMayBeAWrongClock() {
    let text = [certificate(from: 1)].refusal(at: now, authorities: nil)
    #expect(text.contains("not valid before") && text.contains("clock"))
  }

  @Test func otherwiseItsCAIsUnknown() {
    #expect([certificate()].refusal(at: now, authorities: nil).contains("--tls-ca"))
    #expect([certificate()].refusal(at: now, authorities: "/etc/ca.pem").contains("'/etc/ca.pem'"))
    // A server that is gone when it is asked again has shown none.
    #expect([PresentedCertificate]().refusal(at: now, authorities: nil).contains("--tls-ca"))
  }

  @Test func fewOfManyNamesAreTold() {
    let names = (1...7).map { "n\($0)" }
    #expect(
      [certificate(names)].mismatch(with: "x")
        == "its certificate is for n1, n2, n3, n4, n5, …, not for 'x'")
    #expect([certificate([])].mismatch(with: "x").contains("for no host"))
  }

  @Test func eachReasonOfAnOutageIsSaidOnce() {
    var outage = Outage()
    let endedNothing = !outage.end()
    #expect(endedNothing)
    let news = ["a", "a", "b", "a"].map { outage.isNew($0) }
    #expect(news == [true, false, true, false])
    let ended = outage.end()
    #expect(ended)
    let isNewAgain = outage.isNew("a")
    #expect(isNewAgain)
    // Reasons that never repeat come to an end.
    var said = 0
    for number in 0..<100 where outage.isNew("\(number)") { said += 1 }
    #expect(said < 10)
  }
}
