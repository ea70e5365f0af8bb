import HTTPTypes

/// Names that HTTPTypes lacks.
extension HTTPField.Name {
  /// A second `Host`: HTTPTypes makes the first one the request's authority.
  static var repeatedHost: Self { HTTPField.Name("Host")! }
  static var lastEventID: Self { HTTPField.Name("Last-Event-ID")! }
  static var link: Self { HTTPField.Name("Link")! }
  static var referrerPolicy: Self { HTTPField.Name("Referrer-Policy")! }
}
