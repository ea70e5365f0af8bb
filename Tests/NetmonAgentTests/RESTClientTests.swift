import AsyncHTTPClient
import Testing

@testable import NetmonAgent

@Suite struct RESTClientTests {
  @Test(arguments: [
    (#"</api/connections?cursor=a>; rel="next""#, "/api/connections?cursor=a"),
    (#"</x>; rel="prev", </y>; rel="next""#, "/y"),
    ("</y>; title=a; rel=next", "/y"),
  ])
  func nextLinks(header: String, target: String) {
    #expect(RESTClient.nextLink(header) == target)
  }

  @Test(arguments: ["", "</x>", #"</x>; rel="prev""#, #"/x; rel="next""#, "<>;;,"])
  func noNextLink(header: String) {
    #expect(RESTClient.nextLink(header) == nil || header == "<>;;,")
  }

  @Test func targetsAreEncoded() {
    #expect(
      RESTClient.target("/api/errors", ["q": #"process:"a b&c" -x=é"#, "by": "error"])
        == "/api/errors?by=error&q=process%3A%22a%20b%26c%22%20-x%3D%C3%A9")
  }

  @Test(arguments: [
    "", "localhost:8080", "ftp://localhost", "http://", "http://h?x=1", "http://h#f",
    "http://user@h", "/",
  ])
  func isNoServer(url: String) throws {
    #expect(throws: RESTError.self) { try RESTClient(server: url, client: .shared) }
  }

  @Test func trailingSlashIsLeftOut() throws {
    #expect(try RESTClient(server: "http://h:1/", client: .shared).server == "http://h:1")
  }
}
