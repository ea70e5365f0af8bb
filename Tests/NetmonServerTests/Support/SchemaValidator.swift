import Foundation

/// Checks JSON against the schemas of an OpenAPI document: the keywords that netmon uses, and no
/// others.
struct SchemaValidator {
  /// The whole document, as JSONSerialization reads it.
  let document: [String: Any]

  /// What a `$ref` stands for; the value itself where it is none.
  func resolved(_ value: [String: Any]) -> [String: Any]? {
    guard let reference = value["$ref"] as? String else { return value }
    var found: Any? = document
    for part in reference.dropFirst(2).split(separator: "/") {
      found = (found as? [String: Any])?[String(part)]
    }
    return found as? [String: Any]
  }

  /// What is wrong with a value, each with its place in it.
  func mistakes(in value: Any, _ schema: [String: Any], at place: String = "") -> [String] {
    guard let schema = resolved(schema) else { return ["\(place): no such schema"] }
    var mistakes: [String] = []
    for (keyword, expected) in schema {
      let problem: String?
      switch keyword {
      case "type": problem = isOfType(value, expected) ? nil : "is no \(expected)"
      case "enum":
        let values = expected as? [NSObject] ?? []
        problem = values.contains(value as? NSObject ?? NSNull()) ? nil : "is none of \(values)"
      case "minimum": problem = compare(value, expected) { $0 >= $1 } ? nil : "is too small"
      case "maximum": problem = compare(value, expected) { $0 <= $1 } ? nil : "is too large"
      case "minLength":
        problem = compare((value as? String)?.count, expected) { $0 >= $1 } ? nil : "is too short"
      case "minItems":
        problem = compare((value as? [Any])?.count, expected) { $0 >= $1 } ? nil : "is too short"
      case "maxItems":
        problem = compare((value as? [Any])?.count, expected) { $0 <= $1 } ? nil : "is too long"
      case "pattern": problem = matches(value, expected) ? nil : "does not match \(expected)"
      case "format": problem = isOfFormat(value, expected) ? nil : "is no \(expected)"
      case "required":
        let missing = (expected as? [String] ?? []).filter {
          value is [String: Any] && (value as? [String: Any])?[$0] == nil
        }
        problem = missing.isEmpty ? nil : "lacks \(missing)"
      case "anyOf", "oneOf":
        let schemas = expected as? [[String: Any]] ?? []
        let fitting = schemas.count { self.mistakes(in: value, $0).isEmpty }
        problem = fitting == 1 || fitting > 1 && keyword == "anyOf" ? nil : "fits \(fitting)"
      case "properties", "items", "additionalProperties", "description": problem = nil
      default: problem = "has the unknown keyword \(keyword)"
      }
      if let problem { mistakes.append("\(place): \(problem)") }
    }
    return mistakes + members(of: value, schema, at: place)
  }

  private func members(of value: Any, _ schema: [String: Any], at place: String) -> [String] {
    if let items = schema["items"] as? [String: Any], let values = value as? [Any] {
      return values.enumerated().flatMap { mistakes(in: $1, items, at: "\(place)/\($0)") }
    }
    guard let object = value as? [String: Any] else { return [] }
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    return object.flatMap { name, member in
      if let schema = properties[name] {
        return mistakes(in: member, schema, at: "\(place)/\(name)")
      }
      switch schema["additionalProperties"] {
      case let schema as [String: Any]: return mistakes(in: member, schema, at: "\(place)/\(name)")
      case let flag as Bool where !flag: return ["\(place)/\(name): is not known"]
      default: return []
      }
    }
  }

  private func isOfType(_ value: Any, _ expected: Any) -> Bool {
    if let types = expected as? [String] { return types.contains { isOfType(value, $0) } }
    let number = value as? NSNumber
    let isBoolean = number.map { CFGetTypeIDIsBoolean($0) } ?? false
    switch expected as? String {
    case "null": return value is NSNull
    case "string": return value is String
    case "object": return value is [String: Any]
    case "array": return value is [Any]
    case "number": return number != nil && !isBoolean
    case "integer":
      return number.map { !isBoolean && $0.doubleValue.rounded() == $0.doubleValue } ?? false
    default: return false
    }
  }

  private func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }

  /// Of what is of another type the keyword says nothing.
  private func compare(_ value: Any?, _ bound: Any, _ holds: (Double, Double) -> Bool) -> Bool {
    guard let value = value as? NSNumber, let bound = bound as? NSNumber else { return true }
    return holds(value.doubleValue, bound.doubleValue)
  }

  private func matches(_ value: Any, _ pattern: Any) -> Bool {
    guard let text = value as? String, let pattern = pattern as? String else { return true }
    return matchesPattern(text, pattern)
  }

  private func isOfFormat(_ value: Any, _ format: Any) -> Bool {
    guard let text = value as? String else { return true }
    return format as? String == "date-time"
      && matchesPattern(
        text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$")
  }
}

/// Whether a regular expression, as a schema has it, matches.
func matchesPattern(_ text: String, _ pattern: String) -> Bool {
  guard let expression = try? NSRegularExpression(pattern: pattern) else { return false }
  return matchesPattern(text, expression)
}

func matchesPattern(_ text: String, _ expression: NSRegularExpression) -> Bool {
  let whole = NSRange(text.startIndex..., in: text)
  return expression.firstMatch(in: text, range: whole) != nil
}
