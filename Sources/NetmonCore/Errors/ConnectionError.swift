/// Why a connection failed: an errno of Linux, under the name netmon gives it.
///
/// All names are the kernel's (`include/uapi/asm-generic/errno.h`) but one: errno 110 is
/// `ECONNTIMEOUT` here, and its kernel name `ETIMEDOUT` is accepted wherever a name is read.
/// The numbers are those of the generic ABI, fixed here because records travel between machines.
public struct ConnectionError: Hashable, Sendable {
  /// The errno, 1…133.
  public let number: Int32

  /// The error of that errno, or nil if Linux has none of that number.
  public init?(number: Int32) {
    guard Self.names[number] != nil else { return nil }
    self.number = number
  }

  private init(known number: Int32) {
    self.number = number
  }

  /// The error of that name, in any case of letters; `ETIMEDOUT` and other aliases are understood.
  public init?(name: String) {
    let upper = name.uppercased()
    guard let number = Self.numbers[upper] else { return nil }
    self.number = number
  }

  /// The canonical name, such as `ECONNREFUSED`.
  public var name: String { Self.names[number] ?? "E\(number)" }

  public static let ECONNREFUSED = ConnectionError(known: 111)
  public static let ECONNABORTED = ConnectionError(known: 103)
  public static let ECONNRESET = ConnectionError(known: 104)
  public static let ECONNTIMEOUT = ConnectionError(known: 110)
  public static let EHOSTUNREACH = ConnectionError(known: 113)
  public static let ENETUNREACH = ConnectionError(known: 101)
  public static let EADDRNOTAVAIL = ConnectionError(known: 99)
  public static let EADDRINUSE = ConnectionError(known: 98)
  public static let EACCES = ConnectionError(known: 13)
  public static let EPERM = ConnectionError(known: 1)
  public static let EPIPE = ConnectionError(known: 32)
  public static let ENETDOWN = ConnectionError(known: 100)
  public static let EHOSTDOWN = ConnectionError(known: 112)
  public static let EINVAL = ConnectionError(known: 22)
  public static let ENOBUFS = ConnectionError(known: 105)
  public static let ENOPROTOOPT = ConnectionError(known: 92)

  /// Every known error, by number.
  public static let all: [ConnectionError] = table.map { ConnectionError(known: $0.number) }

  /// Names that mean an error but are not its canonical name.
  public static let aliases: [(alias: String, canonical: ConnectionError)] = [
    ("ETIMEDOUT", .ECONNTIMEOUT),
    ("EWOULDBLOCK", ConnectionError(known: 11)),
    ("EDEADLOCK", ConnectionError(known: 35)),
    ("ENOTSUP", ConnectionError(known: 95)),
  ]

  private static let names = Dictionary(uniqueKeysWithValues: table.map { ($0.number, $0.name) })
  private static let numbers = Dictionary(
    table.map { ($0.name, $0.number) } + aliases.map { ($0.alias, $0.canonical.number) },
    uniquingKeysWith: { first, _ in first }
  )

  private static let table: [(number: Int32, name: String)] = [
    (1, "EPERM"), (2, "ENOENT"), (3, "ESRCH"), (4, "EINTR"), (5, "EIO"), (6, "ENXIO"), (7, "E2BIG"),
    (8, "ENOEXEC"), (9, "EBADF"), (10, "ECHILD"), (11, "EAGAIN"), (12, "ENOMEM"), (13, "EACCES"),
    (14, "EFAULT"), (15, "ENOTBLK"), (16, "EBUSY"), (17, "EEXIST"), (18, "EXDEV"), (19, "ENODEV"),
    (20, "ENOTDIR"), (21, "EISDIR"), (22, "EINVAL"), (23, "ENFILE"), (24, "EMFILE"), (25, "ENOTTY"),
    (26, "ETXTBSY"), (27, "EFBIG"), (28, "ENOSPC"), (29, "ESPIPE"), (30, "EROFS"), (31, "EMLINK"),
    (32, "EPIPE"), (33, "EDOM"), (34, "ERANGE"), (35, "EDEADLK"), (36, "ENAMETOOLONG"),
    (37, "ENOLCK"), (38, "ENOSYS"), (39, "ENOTEMPTY"), (40, "ELOOP"), (42, "ENOMSG"), (43, "EIDRM"),
    (44, "ECHRNG"), (45, "EL2NSYNC"), (46, "EL3HLT"), (47, "EL3RST"), (48, "ELNRNG"),
    (49, "EUNATCH"), (50, "ENOCSI"), (51, "EL2HLT"), (52, "EBADE"), (53, "EBADR"), (54, "EXFULL"),
    (55, "ENOANO"), (56, "EBADRQC"), (57, "EBADSLT"), (59, "EBFONT"), (60, "ENOSTR"),
    (61, "ENODATA"), (62, "ETIME"), (63, "ENOSR"), (64, "ENONET"), (65, "ENOPKG"), (66, "EREMOTE"),
    (67, "ENOLINK"), (68, "EADV"), (69, "ESRMNT"), (70, "ECOMM"), (71, "EPROTO"), (72, "EMULTIHOP"),
    (73, "EDOTDOT"), (74, "EBADMSG"), (75, "EOVERFLOW"), (76, "ENOTUNIQ"), (77, "EBADFD"),
    (78, "EREMCHG"), (79, "ELIBACC"), (80, "ELIBBAD"), (81, "ELIBSCN"), (82, "ELIBMAX"),
    (83, "ELIBEXEC"), (84, "EILSEQ"), (85, "ERESTART"), (86, "ESTRPIPE"), (87, "EUSERS"),
    (88, "ENOTSOCK"), (89, "EDESTADDRREQ"), (90, "EMSGSIZE"), (91, "EPROTOTYPE"),
    (92, "ENOPROTOOPT"), (93, "EPROTONOSUPPORT"), (94, "ESOCKTNOSUPPORT"), (95, "EOPNOTSUPP"),
    (96, "EPFNOSUPPORT"), (97, "EAFNOSUPPORT"), (98, "EADDRINUSE"), (99, "EADDRNOTAVAIL"),
    (100, "ENETDOWN"), (101, "ENETUNREACH"), (102, "ENETRESET"), (103, "ECONNABORTED"),
    (104, "ECONNRESET"), (105, "ENOBUFS"), (106, "EISCONN"), (107, "ENOTCONN"), (108, "ESHUTDOWN"),
    (109, "ETOOMANYREFS"), (110, "ECONNTIMEOUT"), (111, "ECONNREFUSED"), (112, "EHOSTDOWN"),
    (113, "EHOSTUNREACH"), (114, "EALREADY"), (115, "EINPROGRESS"), (116, "ESTALE"),
    (117, "EUCLEAN"), (118, "ENOTNAM"), (119, "ENAVAIL"), (120, "EISNAM"), (121, "EREMOTEIO"),
    (122, "EDQUOT"), (123, "ENOMEDIUM"), (124, "EMEDIUMTYPE"), (125, "ECANCELED"), (126, "ENOKEY"),
    (127, "EKEYEXPIRED"), (128, "EKEYREVOKED"), (129, "EKEYREJECTED"), (130, "EOWNERDEAD"),
    (131, "ENOTRECOVERABLE"), (132, "ERFKILL"), (133, "EHWPOISON"),
  ]
}

extension ConnectionError: CustomStringConvertible {
  public var description: String { name }
}

/// Where in a connection's life an error struck.
public enum ErrorStage: String, CaseIterable, Sendable {
  /// No route or a prohibiting one: no packet was sent.
  case route
  /// No local port could be bound.
  case port
  /// Between SYN and ESTABLISHED.
  case handshake
  /// After ESTABLISHED.
  case established
  /// Established by the kernel, ended before the application accepted it.
  case accept
  /// A UDP datagram was refused.
  case datagram
}

/// How netmon knows of an error.
public enum ErrorSource: String, CaseIterable, Sendable {
  /// The kernel reported the errno.
  case kernel
  /// The application gave up by itself; the kernel had no error to report.
  case application
  /// Concluded from socket states and counters between two polls.
  case inferred
  /// Told by whoever posted the record.
  case reported
}

/// What brought an error about.
public enum ErrorCause: String, CaseIterable, Sendable {
  case peer_reset, icmp, no_route, prohibited, timeout, gave_up, no_ports, local_abort, firewall
  case unknown
}
