import Arguments
import NetmonStore

/// How long records stay and how much room they may take: what `collect` and `serve` have in
/// common.
struct RetentionOptions: Sendable {
  var age = Duration.seconds(14 * 86_400)
  /// Nil is three days, or `age` where that is shorter.
  var successAge: Duration?
  var maximumSize: ByteCount

  init(maximumSize: ByteCount) {
    self.maximumSize = maximumSize
  }

  var policy: RetentionPolicy {
    RetentionPolicy(
      age: age, successAge: successAge ?? .seconds(3 * 86_400),
      maximumSize: Int64(maximumSize.bytes))
  }

  static func declarations<Root>(_ part: Property<Root, RetentionOptions>) -> Group<Root> {
    let ages = Duration.seconds(60)...(.seconds(10 * 365 * 86_400))
    return Group(part) {
      Group("Retention") {
        Option(
          "retention", \.age, in: ages, help: "remove records this long after they closed")
        Option(
          "retention-ok", \.successAge, in: ages,
          help: """
            the same for records without an error; by default 3d, or --retention where that is shorter
            """)
        Option(
          "max-size", \.maximumSize,
          in: ByteCount(bytes: 16_000_000)...ByteCount(bytes: 1_000_000_000_000_000),
          help: """
            what the database and its log may take on the disk; the oldest records without an error \
            go first, then the oldest with one
            """)
      }
      Check {
        $0.successAge ?? .zero > $0.age ? "--retention-ok must not be longer than --retention" : nil
      }
    }
  }
}
