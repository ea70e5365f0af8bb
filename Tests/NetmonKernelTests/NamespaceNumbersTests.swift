import Glibc
import NetmonCore
import Testing

@testable import NetmonKernel

/// Each runs on a thread in a namespace of its own; what is expected is asked for outside of it, as
/// issues belong to the thread of their test.
@Suite(.enabled("needs root") { geteuid() == 0 })
struct NamespaceNumbersTests {
  @Test func aNamespaceIsHeardOnceItHasANumber() throws {
    let (before, after, isTold) = try NetworkThread.run {
      let group = try DestroyGroup()
      guard let numbers = group.numbers else { return (nil as Int32?, nil as Int32?, false) }
      let thread = try NetworkThread()
      let network = try thread.open()
      let before = numbers.number(of: network)
      numbers.add(thread.namespace, of: thread.number)
      let cookie = try thread.endSocket()
      var isTold = false
      let deadline = ContinuousClock.now + .seconds(60)
      while !isTold, ContinuousClock.now < deadline {
        usleep(1000)
        _ = group.drain(clock: { 0 }) { event in
          if case .figures(cookie, _) = event.kind { isTold = true }
        }
      }
      return (before, numbers.number(of: network), isTold)
    }
    #expect(before == nil)
    #expect(after != nil)
    #expect(isTold)
  }

  /// A second one finds the number there: what has been heard is known all the same.
  @Test func whoHasANumberKeepsIt() throws {
    let (first, second, isKnown) = try NetworkThread.run {
      let thread = try NetworkThread()
      let network = try thread.open()
      let numbers = try [NamespaceNumbers(), NamespaceNumbers()]
      let given = numbers.map { numbers in
        numbers.add(thread.namespace, of: thread.number)
        return numbers.number(of: network)
      }
      return (given[0], given[1], numbers[1].numbered == [thread.namespace])
    }
    #expect(first != nil)
    #expect(second == first)
    #expect(isKnown)
  }

  @Test func ourOwnTakesNone() throws {
    let number = try NetworkThread.run {
      let numbers = try NamespaceNumbers()
      let thread = try #require(currentThread)
      let own = try ProcFS().networkNamespace(of: thread)
      numbers.add(own, of: thread)
      return numbers.number(of: try Descriptor(networkNamespace: own, of: thread))
    }
    #expect(number == nil)
  }

  @Test func aThreadInAnotherOneWillNotDo() throws {
    let (number, isKnown) = try NetworkThread.run {
      let numbers = try NamespaceNumbers()
      let (one, other) = (try NetworkThread(), try NetworkThread())
      numbers.add(one.namespace, of: other.number)
      return (numbers.number(of: try other.open()), !numbers.numbered.isEmpty)
    }
    #expect(number == nil)
    #expect(!isKnown)
  }

  /// So that the next one is asked for that is given the same inode.
  @Test func oneThatHasEndedIsForgotten() throws {
    let (wasKnown, isKnown) = try NetworkThread.run {
      let numbers = try NamespaceNumbers()
      var thread: NetworkThread? = try NetworkThread()
      let namespace = try #require(thread?.namespace)
      numbers.add(namespace, of: try #require(thread?.number))
      numbers.forgetEnded()
      let wasKnown = numbers.numbered.contains(namespace)
      thread = nil
      let deadline = ContinuousClock.now + .seconds(60)
      while numbers.numbered.contains(namespace), ContinuousClock.now < deadline {
        usleep(1000)
        numbers.forgetEnded()
      }
      return (wasKnown, numbers.numbered.contains(namespace))
    }
    #expect(wasKnown)
    #expect(!isKnown)
  }
}
