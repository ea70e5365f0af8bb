import NIOCore
import NetmonCore
import Testing

@testable import NetmonServer

@Suite struct PackedBodyTests {
  private func text(_ body: PackedBody) throws -> String {
    var text = ""
    for index in 0..<body.count { text += String(buffer: try body.unpacked(index)) }
    return text
  }

  @Test(arguments: [0, 1, 2, 1000, 10_000])
  func itIsTheArrayItWasMadeOf(count: Int) throws {
    let numbers = Array(0..<count)
    let body = PackedBody { list in
      for number in numbers {
        list.append { json in
          json.object { json in
            json.field("number", number)
            json.field("name", "the name of number \(number)")
          }
        }
      }
    }
    let expected = JSONWriter { json in
      json.array(numbers) { json, number in
        json.object { json in
          json.field("number", number)
          json.field("name", "the name of number \(number)")
        }
      }
    }
    #expect(try text(body) == expected.string)
    #expect(body.size == expected.bytes.count)
  }

  @Test func itTakesAFractionInPiecesThatSlowClientsTake() throws {
    let records = try RecordReader.read(Array(Record.series(5000).json.utf8), as: .json)
    let body = PackedBody { list in
      for connection in records.connections { list.append { connection.write(to: &$0) } }
    }
    #expect(body.packedSize < body.size / 5)
    #expect(body.count > 20)
    for index in 0..<body.count {
      #expect(try body.unpacked(index).readableBytes <= 32 << 10)
    }
  }

  @Test func itTakesWhatShrinksAsABombDoes() throws {
    let text = String(repeating: "a", count: 4 << 20)
    let body = PackedBody { list in list.append { $0.value(text) } }
    #expect(body.size / body.packedSize > GzipDecoder.maximumRatio)
    #expect(try self.text(body) == "[\"\(text)\"]")
  }
}
