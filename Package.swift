// swift-tools-version: 6.3
import PackageDescription

/// Warnings stop the build in CI only: a newer compiler's new warning must not stop a user's.
let warningsAsErrors: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + warningsAsErrors

/// A release carries the Swift runtime and Foundation itself: it starts in half the time, and runs
/// where Swift is not installed. What Foundation consists of, the compiler does not name to the
/// linker unless SwiftPM is told so on every command line (`--static-swift-stdlib`).
let staticRuntime: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-lCoreFoundation", "-l_FoundationCollections", "-l_FoundationCShims",
      "-l_FoundationICU", "-lstdc++",
    ], .when(platforms: [.linux], configuration: .release))
]

let package = Package(
  name: "netmon",
  products: [
    .executable(name: "netmon", targets: ["netmon"]),
    // The shared core: the model, the /proc readers, error classification and the SQLite store.
    .library(name: "NetmonCore", targets: ["NetmonCore", "NetmonStore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    // Tests make certificates with it.
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
  ],
  targets: [
    .target(name: "Arguments", swiftSettings: swiftSettings),
    .target(name: "NetmonCore", swiftSettings: swiftSettings),
    .target(
      name: "NetmonStore",
      dependencies: ["NetmonCore", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings
    ),
    .target(name: "CLinux"),
    .target(
      name: "NetmonKernel", dependencies: ["CLinux", "NetmonCore"], swiftSettings: swiftSettings
    ),
    .target(
      name: "NetmonCollector",
      dependencies: [
        "NetmonCore", "NetmonKernel", "NetmonStore",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings
    ),
    .target(
      name: "NetmonDoctor",
      dependencies: [
        "CLinux", "NetmonCore", "NetmonKernel", "NetmonStore", "NetmonCollector",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings
    ),
    .target(
      name: "NetmonServer",
      dependencies: [
        "NetmonCore", "NetmonStore", "Compression", "CZlib", "CDashboard",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings
    ),
    .target(
      name: "NetmonAgent",
      dependencies: [
        "NetmonCore", "NetmonStore", "Compression",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings
    ),
    // The page's files are embedded by the compiler (#embed), not by SwiftPM.
    .target(name: "CDashboard", exclude: ["assets"]),
    .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: swiftSettings),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .executableTarget(
      name: "netmon",
      dependencies: [
        "Arguments", "NetmonCore", "NetmonKernel", "NetmonStore", "NetmonCollector", "NetmonDoctor",
        "NetmonServer", "NetmonAgent",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ],
      swiftSettings: swiftSettings,
      linkerSettings: staticRuntime
    ),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
    .target(
      name: "TestCertificates",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      path: "Tests/TestCertificates", swiftSettings: swiftSettings
    ),
    .target(
      name: "BrowserDriver", dependencies: ["TestSupport"], path: "Tests/BrowserDriver",
      swiftSettings: swiftSettings
    ),
    .testTarget(name: "ArgumentsTests", dependencies: ["Arguments"], swiftSettings: swiftSettings),
    .testTarget(
      name: "NetmonCoreTests", dependencies: ["TestSupport", "NetmonCore"], exclude: ["Fixtures"],
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonKernelTests",
      dependencies: ["TestSupport", "CLinux", "NetmonCore", "NetmonKernel"],
      exclude: ["Fixtures"], swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonStoreTests",
      dependencies: [
        "TestSupport", "NetmonCore", "NetmonStore", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Fixtures"], swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonCollectorTests",
      dependencies: [
        "NetmonCore", "NetmonStore", "NetmonCollector",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonDoctorTests",
      dependencies: ["NetmonCore", "NetmonDoctor", "NetmonKernel", "NetmonStore"],
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonAgentTests",
      dependencies: [
        "TestSupport", "TestCertificates",
        "Compression", "NetmonCore", "NetmonStore", "NetmonServer", "NetmonAgent",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "socket-farm", dependencies: ["Arguments"], path: "Tests/SocketFarm",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "netmon-bench",
      dependencies: [
        "TestSupport", "BrowserDriver",
        "Arguments", "Compression", "NetmonCore", "NetmonStore",
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "Tests/NetmonBench", swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "truth-workload", path: "Tests/TruthWorkload", cSettings: [.define("_GNU_SOURCE")]
    ),
    .executableTarget(
      name: "hostile-names", path: "Tests/HostileNames", cSettings: [.define("_GNU_SOURCE")]
    ),
    .executableTarget(
      name: "confined", dependencies: ["CLinux"], path: "Tests/Confined",
      cSettings: [.define("_GNU_SOURCE")]
    ),
    .executableTarget(
      name: "truth", dependencies: ["Arguments", "NetmonCore", "NetmonStore"], path: "Tests/Truth",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "fault-tracer", path: "Tests/FaultTracer", cSettings: [.define("_GNU_SOURCE")]
    ),
    .executableTarget(
      name: "faults",
      dependencies: [
        "TestSupport", "TestCertificates",
        "Arguments", "Compression", "NetmonCore", "NetmonStore",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Tests/FaultHarness", swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "netmon-fuzz",
      dependencies: [
        "Arguments", "Compression", "NetmonCore", "NetmonKernel", "NetmonServer", "NetmonAgent",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ],
      path: "Tests/NetmonFuzz", swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", "TestCertificates", "BrowserDriver",
        "netmon", "confined", "faults", "fault-tracer", "hostile-names", "netmon-fuzz",
        "socket-farm", "truth", "truth-workload", "NetmonCore",
      ],
      exclude: ["Fixtures", "Golden"],
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "netmonTests",
      dependencies: [
        "TestSupport", "netmon", "Arguments", "NetmonCore", "NetmonStore",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "NetmonServerTests",
      dependencies: [
        "TestSupport", "TestCertificates",
        "Compression", "NetmonCore", "NetmonStore", "NetmonServer",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings
    ),
  ],
  cLanguageStandard: .gnu2x
)
