import NetmonCore
import Testing

@Suite struct ConnectionErrorTests {
  @Test(arguments: [
    ("ECONNREFUSED", 111), ("ECONNABORTED", 103), ("ECONNRESET", 104), ("ECONNTIMEOUT", 110),
    ("EHOSTUNREACH", 113), ("ENETUNREACH", 101), ("EADDRNOTAVAIL", 99), ("EPIPE", 32),
    ("EACCES", 13), ("EPERM", 1), ("ENETDOWN", 100), ("EHOSTDOWN", 112), ("EADDRINUSE", 98),
    ("ENOBUFS", 105), ("EINVAL", 22), ("EHWPOISON", 133),
  ])
  func namesAndNumbers(name: String, number: Int32) {
    #expect(ConnectionError(number: number)?.name == name)
    #expect(ConnectionError(name: name.lowercased())?.number == number)
  }

  @Test func aliases() {
    #expect(ConnectionError(name: "ETIMEDOUT") == .ECONNTIMEOUT)
    #expect(ConnectionError(name: "etimedout")?.name == "ECONNTIMEOUT")
    #expect(ConnectionError(name: "EWOULDBLOCK")?.name == "EAGAIN")
  }

  @Test func unknownOnes() {
    #expect(ConnectionError(name: "EFOO") == nil)
    #expect(ConnectionError(name: "") == nil)
    #expect(ConnectionError(number: 0) == nil)
    #expect(ConnectionError(number: 41) == nil, "Linux has no errno 41")
    #expect(ConnectionError(number: 134) == nil)
  }

  @Test func everyNameIsUnique() {
    let all = ConnectionError.all
    #expect(all.count == 131)
    #expect(Set(all.map(\.name)).count == all.count)
    for error in all { #expect(ConnectionError(name: error.name) == error) }
  }
}
