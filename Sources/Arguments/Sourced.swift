/// A property that knows where its value came from.
///
/// Declare `var database = Sourced(Path("netmon.db"))` to tell a default that the user chose from
/// one that nobody did.
package struct Sourced<Content: ArgumentStorage>: ArgumentStorage {
  package var value: Content
  package private(set) var source = ValueSource.default

  package init(_ value: Content) {
    self.value = value
  }

  package static var arity: Arity { Content.arity }
  package var storedValues: [Content.Value] { value.storedValues }

  package mutating func store(_ values: [Content.Value], from source: ValueSource) {
    value.store(values, from: source)
    self.source = source
  }
}
