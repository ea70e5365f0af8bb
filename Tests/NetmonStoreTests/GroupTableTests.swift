import TestSupport
import Testing

@testable import NetmonStore

@Suite struct GroupTableTests {
  @Test(arguments: [0, 1, 4])
  func numbersAreThoseOfADictionary(width: Int) {
    var generator = SplitMix(seed: UInt64(width))
    var table = GroupTable(width: width)
    var numbers: [[Int64]: Int] = [:]
    for _ in 0..<20_000 {
      let key = (0..<width).map { part in
        part == 0 ? Int64.random(in: -50...50, using: &generator) << 40 : Int64(part) % 7
      }
      let known = numbers[key]
      #expect(table.knownIndex(of: key.span) == known)
      let index = table.index(of: key.span)
      #expect(index == known ?? numbers.count)
      numbers[key] = index
      #expect(Array(table[index]) == key)
    }
    #expect(table.count == numbers.count)
  }

  @Test func manyKeysStayApart() {
    var table = GroupTable(width: 2)
    for round in 0..<2 {
      for number in 0..<50_000 {
        let index = table.index(of: [Int64(number % 250), Int64(number / 250)].span)
        if index != number { Issue.record("\(number) is \(index) in round \(round)") }
      }
    }
    #expect(table.count == 50_000)
  }

  @Test(arguments: [0, 1, 4])
  func manyAtOnceAreThoseOneByOne(width: Int) {
    var generator = SplitMix(seed: UInt64(width))
    var (one, many) = (GroupTable(width: width), GroupTable(width: width))
    for round in 0..<200 {
      let keys = (0..<round * width).map { _ in Int64.random(in: -9...9, using: &generator) }
      let numbers = (0..<round).map { row in
        one.index(of: keys.span.extracting(row * width..<(row + 1) * width))
      }
      #expect(many.indexes(of: round, keys.span) == numbers)
    }
    #expect(many.count == one.count)
  }
}
