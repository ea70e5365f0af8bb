import Foundation

/// What `netmon doctor -o json` prints.
struct DoctorReport: Decodable {
  var tier: String?
  var meaning: String?
  var checks: [Check]

  struct Check: Decodable {
    var check: String
    var state: String
    var provides: String
    var finding: String?
    var remedy: String?
  }

  subscript(name: String) -> Check? { checks.first { $0.check == name } }

  init(_ json: String) throws {
    self = try JSONDecoder().decode(DoctorReport.self, from: Data(json.utf8))
  }
}

/// What `netmon doctor --selftest -o json` prints.
struct SelfTestReport: Decodable {
  var tier: String
  var passed: Bool
  var classes: [Class]

  struct Class: Decodable {
    var `class`: String
    var state: String
    var told: String?
    var records: [Record]
    var missing: [String]
    var reason: String?
  }

  init(_ json: String) throws {
    self = try JSONDecoder().decode(SelfTestReport.self, from: Data(json.utf8))
  }
}
