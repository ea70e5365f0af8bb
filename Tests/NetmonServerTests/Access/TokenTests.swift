import NetmonCore
import Testing

@testable import NetmonServer

@Suite struct TokenTests {
  private let made: TestTokens.Made
  private let list: TokenList

  init() throws {
    var list = TokenList()
    var generator = SystemRandomNumberGenerator()
    made = list.add(
      name: "the \"page\"\n\u{2028}", scope: .init(reads: true, ingestHost: "wéb-1")!,
      created: testNow, expires: testNow.advanced(byMicroseconds: 1), using: &generator)
    _ = list.add(
      name: "", scope: .init(reads: true, ingestHost: nil)!, created: testNow, expires: nil,
      using: &generator)
    self.list = list
  }

  @Test func aSecretIsRandomLettersAndDoesNotTellItself() {
    var generator = SystemRandomNumberGenerator()
    let secrets = (0..<100).map { _ in TokenSecret(using: &generator) }
    #expect(Set(secrets.map(\.text)).count == 100)
    for secret in secrets {
      #expect(secret.text.wholeMatch(of: /netmon_[A-Za-z0-9_-]{43}/) != nil)
      #expect(TokenSecret(secret.text)?.text == secret.text)
      for shown in ["\(secret)", String(reflecting: secret), "\([secret])"] {
        #expect(!shown.contains(secret.text.suffix(20)))
      }
    }
  }

  @Test(arguments: [
    "", "netmon_", "netmon", "bearer", "netmon_" + String(repeating: "é", count: 43),
  ])
  func whatHasNotItsFormIsNoSecret(text: String) {
    #expect(TokenSecret(text) == nil)
    #expect(TokenSecret(made.secret.text + text) == nil || text.isEmpty)
    #expect(TokenSecret(String(made.secret.text.dropLast())) == nil)
    #expect(TokenSecret(" " + made.secret.text) == nil)
  }

  /// `printf %s abc | sha256sum`
  @Test func theHashIsThatOfTheText() {
    let digest = SecretDigest(of: "abc")
    let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(digest.hexadecimal == text)
    #expect(SecretDigest(hexadecimal: text) == digest)
    #expect(digest.matches(SecretDigest(of: "abc")))
    #expect(!digest.matches(SecretDigest(of: "abd")))
    for wrong in ["", "ba", text + "00", text.uppercased(), text.dropLast() + "g"] {
      #expect(SecretDigest(hexadecimal: String(wrong)) == nil)
    }
  }

  @Test func theFileHoldsNoSecret() throws {
    let text = String(decoding: list.bytes, as: UTF8.self)
    #expect(!text.contains(made.secret.text.dropFirst(7)))
    #expect(text.split(separator: "\n").count == 2)
    #expect(try TokenList(list.bytes) == list)
  }

  @Test func aTokenIsFoundByItsSecretAlone() {
    #expect(list.token(of: SecretDigest(of: made.secret)) == made.token)
    #expect(list.token(of: SecretDigest(of: made.token.digest.hexadecimal)) == nil)
    #expect(list.token(of: SecretDigest(of: "")) == nil)
    #expect(TokenList().token(of: SecretDigest(of: made.secret)) == nil)
  }

  @Test func aTokenEndsByItsTimeOrARevocationForGood() throws {
    let end = testNow.advanced(byMicroseconds: 1)
    #expect(made.token.isUsable(at: testNow))
    #expect(!made.token.isUsable(at: end))
    var list = list
    let before = list.revoke(id: made.token.id, at: testNow)
    #expect(before == made.token)
    let again = list.revoke(id: made.token.id, at: end)
    #expect(again?.revoked == testNow)
    #expect(list.token(id: made.token.id)?.revoked == testNow)
    #expect(list.token(id: made.token.id)?.isUsable(at: testNow) == false)
    let unknown = list.revoke(id: "00000000", at: end)
    #expect(unknown == nil)
    #expect(list.isUsable(at: end))
    _ = list.revoke(id: list.tokens[1].id, at: end)
    #expect(!list.isUsable(at: end))
  }

  @Test func aTokenIsGoodForSomething() {
    #expect(Token.Scope(reads: false, ingestHost: nil) == nil)
    #expect(Token.Scope(reads: true, ingestHost: "") == nil)
    #expect(Token.Scope(reads: true, ingestHost: "a")?.description == "read,ingest")
    #expect(Token.Scope(reads: false, ingestHost: "a")?.description == "ingest")
  }

  private static let line = """
    {"id":"0badcafe","name":"","read":true,"ingest":null,"created":"2026-11-22T10:00:00Z",\
    "expires":null,"revoked":null,\
    "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
    """

  @Test(arguments: [
    ("{", "not JSON"), ("[]", "object"), ("null", "object"),
    (line.replacing("0badcafe", with: "0BADCAFE"), "'id'"),
    (line.replacing("0badcafe", with: "０００00"), "'id'"),
    (line.replacing(#""name":"""#, with: #""name":7"#), "'name'"),
    (line.replacing(#""read":true"#, with: #""read":"yes""#), "'read'"),
    (line.replacing(#""read":true"#, with: #""read":false"#), "good for nothing"),
    (line.replacing(#""ingest":null,"#, with: ""), "'ingest'"),
    (line.replacing(#""ingest":null"#, with: #""ingest":"""#), "good for nothing"),
    (line.replacing(#""expires":null,"#, with: ""), "'expires'"),
    (line.replacing(#""revoked":null"#, with: #""revoked":"soon""#), "'revoked'"),
    (line.replacing("2026-11-22T10:00:00Z", with: "yesterday"), "'created'"),
    (line.replacing("ba7816", with: ""), "'sha256'"),
    (line.replacing(#""name":"""#, with: #""name":"","only":"10.0.0.0/8""#), "'only'"),
    (line + "\n" + line, "twice"),
  ])
  func aDamagedLineIsToldByItsNumber(text: String, reason: String) throws {
    #expect(try TokenList(Array(Self.line.utf8)).tokens.map(\.id) == ["0badcafe"])
    let isTwice = reason == "twice"
    let file = (isTwice ? "" : "\n  \r\n") + text
    do {
      _ = try TokenList(Array(file.utf8))
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.line == (isTwice ? 2 : 3))
      #expect(error.reason.contains(reason), "\(error.reason)")
    }
  }
}
