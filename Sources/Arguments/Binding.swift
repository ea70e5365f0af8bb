/// A parameter and the property of the options that it fills.
struct Binding<Root>: Sendable {
  var parameter: Parameter

  /// The values a property starts with, as help shows them; empty if there are none.
  let defaultText: @Sendable (Root) -> String

  /// Fills the property from the texts given for the parameter, of which there is at least one.
  let store: @Sendable (inout Root, [Occurrence], ValueSource) throws(Mistake) -> Void
}

extension Binding {
  init<Storage: ArgumentStorage>(
    _ parameter: Parameter, _ keyPath: Property<Root, Storage>,
    read: @escaping @Sendable (String) throws(InvalidValue) -> Storage.Value
  ) {
    let defaultText: @Sendable (Root) -> String = { root in
      root[keyPath: keyPath].storedValues.map(\.argument).joined(separator: ", ")
    }
    self.init(parameter: parameter, defaultText: defaultText) {
      (root, occurrences, source) throws(Mistake) in
      if occurrences.count > 1, parameter.isOption, !parameter.isRepeatable {
        throw Mistake("\(occurrences[1].spelling): may be given only once")
      }
      var values: [Storage.Value] = []
      for occurrence in occurrences {
        do throws(InvalidValue) {
          values.append(try read(occurrence.text))
        } catch {
          let reason = error.message(for: occurrence.text, placeholder: parameter.placeholder)
          throw Mistake("\(occurrence.spelling): \(reason)")
        }
      }
      root[keyPath: keyPath].store(values, from: source)
    }
  }

  /// The same binding for options that contain these.
  func lifted<Whole>(to keyPath: Property<Whole, Root>) -> Binding<Whole> {
    Binding<Whole>(
      parameter: parameter,
      defaultText: { defaultText($0[keyPath: keyPath]) },
      store: { (whole, occurrences, source) throws(Mistake) in
        try store(&whole[keyPath: keyPath], occurrences, source)
      })
  }
}
