// swift-tools-version: 6.2
import PackageDescription

// Targets are listed in the order in which data flows; a target may depend only on what stands above it
// (Tests/ArchitectureTests checks the imports themselves).

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
]
let testing: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let scraping: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "gatewatch",
    products: [.executable(name: "gatewatch", targets: ["gatewatch"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Scraping: connections that stay, TLS, redirects, gzip.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Signatures of webhooks, message digests.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // Base
        .systemLibrary(name: "CZlib", path: "Sources/Base/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", path: "Sources/Base/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CMaxMindDB", path: "Sources/Base/CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .target(name: "ByteCoding", dependencies: ["CZlib", "CZstd"], path: "Sources/Base/ByteCoding", swiftSettings: strict),
        .target(name: "GatewayModel", dependencies: ["ByteCoding"], path: "Sources/Base/GatewayModel", swiftSettings: strict),
        .target(name: "ConfigurationText", dependencies: ["GatewayModel", "Yams"], path: "Sources/Base/ConfigurationText", swiftSettings: strict),
        // Collect
        .target(name: "DemoTraffic", dependencies: ["ByteCoding", "GatewayModel"], path: "Sources/Collect/DemoTraffic", swiftSettings: strict),
        .target(name: "Ingest", dependencies: ["CMaxMindDB", "CZlib", "ByteCoding", "GatewayModel"], path: "Sources/Collect/Ingest", swiftSettings: strict),
        .target(name: "SeriesIngest", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "Yams"], path: "Sources/Collect/SeriesIngest", swiftSettings: strict),
        // Keep
        .target(name: "DurableFiles", dependencies: ["ByteCoding", "GatewayModel"], path: "Sources/Keep/DurableFiles", swiftSettings: strict),
        .target(name: "RequestStorage", dependencies: ["ByteCoding", "GatewayModel", "DurableFiles"], path: "Sources/Keep/RequestStorage", swiftSettings: strict),
        .target(name: "SeriesStorage", dependencies: ["ByteCoding", "GatewayModel", "DurableFiles"], path: "Sources/Keep/SeriesStorage", swiftSettings: strict),
        // Query
        .target(name: "RequestQuery", dependencies: ["ByteCoding", "GatewayModel"], path: "Sources/Query/RequestQuery", swiftSettings: strict),
        .target(name: "RequestMetrics", dependencies: ["ByteCoding", "GatewayModel", "RequestQuery", "Yams"], path: "Sources/Query/RequestMetrics", swiftSettings: strict),
        .target(name: "PromQL", dependencies: ["ByteCoding", "GatewayModel"], path: "Sources/Query/PromQL", swiftSettings: strict),
        // React
        .target(name: "TextTemplates", dependencies: ["ByteCoding", "GatewayModel"], path: "Sources/React/TextTemplates", swiftSettings: strict),
        .target(
            name: "AlertRules", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "DurableFiles", "PromQL", "TextTemplates", "Yams"], path: "Sources/React/AlertRules",
            swiftSettings: strict),
        .target(
            name: "AlertRouting", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "DurableFiles", "TextTemplates", "Yams"], path: "Sources/React/AlertRouting",
            swiftSettings: strict),
        .target(
            name: "AlertDelivery", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "DurableFiles", "RequestQuery", "PromQL", "TextTemplates", "AlertRules", "AlertRouting", .product(name: "Crypto", package: "swift-crypto")],
            path: "Sources/React/AlertDelivery", swiftSettings: strict),
        .target(name: "Incidents", dependencies: ["ByteCoding", "GatewayModel", "DurableFiles"], path: "Sources/React/Incidents", swiftSettings: strict),
        // Serve
        .target(name: "HTTPTransport", dependencies: ["ByteCoding", logging, lifecycle] + nio, path: "Sources/Serve/HTTPTransport", swiftSettings: strict),
        .target(
            name: "Dashboards", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "DurableFiles", "RequestQuery", "RequestMetrics", "PromQL", "AlertRules", "Yams"], path: "Sources/Serve/Dashboards",
            swiftSettings: strict),
        .target(name: "WebAPI", dependencies: ["ByteCoding", "GatewayModel", "Ingest", "SeriesIngest", "RequestQuery", "RequestMetrics", "PromQL", "AlertRules", "AlertRouting", "AlertDelivery", "Incidents", "Dashboards", "HTTPTransport", logging], path: "Sources/Serve/WebAPI", swiftSettings: strict),
        .target(
            name: "Outbound", dependencies: ["ByteCoding", "GatewayModel", "ConfigurationText", "SeriesIngest", "AlertDelivery", logging] + nio + scraping,
            path: "Sources/Serve/Outbound", swiftSettings: strict),
        .executableTarget(
            name: "gatewatch",
            dependencies: [
                "ByteCoding", "GatewayModel", "DemoTraffic", "Ingest", "SeriesIngest", "RequestStorage", "SeriesStorage", "RequestQuery", "RequestMetrics", "PromQL",
                "ConfigurationText", "TextTemplates", "AlertRules", "AlertRouting", "AlertDelivery", "Incidents", "Dashboards", "Outbound", "HTTPTransport", "WebAPI", "Yams", logging, lifecycle, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + scraping,
            path: "Sources/Serve/gatewatch", swiftSettings: strict),
        // Measured by `scripts/bench engine`
        .executableTarget(
            name: "EngineBench",
            dependencies: ["ByteCoding", "GatewayModel", "DemoTraffic", "RequestStorage", "RequestQuery", "RequestMetrics", "PromQL", "AlertRules"],
            path: "Benchmarks/EngineBench", swiftSettings: strict),
        .executableTarget(name: "SeriesBench", dependencies: ["ByteCoding", "GatewayModel", "SeriesStorage"], path: "Benchmarks/SeriesBench", swiftSettings: strict),
        // Measured by `scripts/bench rules`
        .executableTarget(
            name: "RuleBench", dependencies: ["GatewayModel", "SeriesStorage", "PromQL", "AlertRules"], path: "Benchmarks/RuleBench", swiftSettings: strict),
        // Tests, one target a target, in the mirror folder
        .testTarget(name: "ByteCodingTests", dependencies: ["ByteCoding"], path: "Tests/Base/ByteCodingTests", swiftSettings: testing),
        .testTarget(name: "GatewayModelTests", dependencies: ["ByteCoding", "GatewayModel"], path: "Tests/Base/GatewayModelTests", swiftSettings: testing),
        .testTarget(name: "ConfigurationTextTests", dependencies: ["ConfigurationText", "GatewayModel"], path: "Tests/Base/ConfigurationTextTests", swiftSettings: testing),
        .testTarget(name: "DemoTrafficTests", dependencies: ["DemoTraffic", "ByteCoding", "GatewayModel"], path: "Tests/Collect/DemoTrafficTests", swiftSettings: testing),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Collect/IngestTests", exclude: ["Samples"], swiftSettings: testing),
        .target(name: "KeepTestSupport", dependencies: ["DurableFiles", "ByteCoding", "GatewayModel"], path: "Tests/Keep/KeepTestSupport", swiftSettings: testing),
        .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Keep/DurableFilesTests", swiftSettings: testing),
        .testTarget(
            name: "SeriesIngestTests", dependencies: ["SeriesIngest", "ConfigurationText", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Collect/SeriesIngestTests",
            swiftSettings: testing),
        .testTarget(name: "RequestStorageTests", dependencies: ["RequestStorage", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Keep/RequestStorageTests", exclude: ["Samples"],
            swiftSettings: testing),
        .testTarget(name: "SeriesStorageTests", dependencies: ["SeriesStorage", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Keep/SeriesStorageTests", exclude: ["Samples"],
            swiftSettings: testing),
        .testTarget(name: "RequestQueryTests", dependencies: ["RequestQuery", "RequestStorage", "ByteCoding", "GatewayModel"], path: "Tests/Query/RequestQueryTests", exclude: ["Cases"],
            swiftSettings: testing),
        .testTarget(name: "PromQLTests", dependencies: ["PromQL", "SeriesStorage", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/Query/PromQLTests",
            swiftSettings: testing),
        .testTarget(
            name: "RequestMetricsTests", dependencies: ["RequestMetrics", "RequestQuery", "RequestStorage", "ByteCoding", "GatewayModel"],
            path: "Tests/Query/RequestMetricsTests", swiftSettings: testing),
        .testTarget(name: "TextTemplatesTests", dependencies: ["TextTemplates", "GatewayModel"], path: "Tests/React/TextTemplatesTests", swiftSettings: testing),
        .testTarget(
            name: "AlertRulesTests", dependencies: ["AlertRules", "DurableFiles", "PromQL", "TextTemplates", "ConfigurationText", "KeepTestSupport", "ByteCoding", "GatewayModel"],
            path: "Tests/React/AlertRulesTests", swiftSettings: testing),
        .testTarget(
            name: "AlertRoutingTests", dependencies: ["AlertRouting", "TextTemplates", "ConfigurationText", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"],
            path: "Tests/React/AlertRoutingTests", swiftSettings: testing),
        .testTarget(
            name: "AlertDeliveryTests",
            dependencies: ["AlertDelivery", "AlertRules", "AlertRouting", "RequestQuery", "PromQL", "TextTemplates", "ConfigurationText", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"],
            path: "Tests/React/AlertDeliveryTests", exclude: ["Channels/Golden"], swiftSettings: testing),
        .testTarget(
            name: "IncidentsTests", dependencies: ["Incidents", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"], path: "Tests/React/IncidentsTests",
            swiftSettings: testing),
        .testTarget(
            name: "DashboardsTests", dependencies: ["Dashboards", "AlertRules", "RequestQuery", "RequestMetrics", "RequestStorage", "PromQL", "ConfigurationText", "DurableFiles", "KeepTestSupport", "ByteCoding", "GatewayModel"],
            path: "Tests/Serve/DashboardsTests", exclude: ["Golden"], swiftSettings: testing),
        .testTarget(
            name: "OutboundTests", dependencies: ["Outbound", "AlertDelivery", "ConfigurationText", "ByteCoding", "GatewayModel", logging] + nio + scraping,
            path: "Tests/Serve/OutboundTests", swiftSettings: testing),
        .testTarget(
            name: "HTTPTransportTests", dependencies: ["HTTPTransport", "ByteCoding", logging, lifecycle] + nio, path: "Tests/Serve/HTTPTransportTests",
            swiftSettings: testing),
        .testTarget(
            name: "WebAPITests",
            dependencies: ["WebAPI", "Dashboards", "DurableFiles", "AlertDelivery", "AlertRouting", "Ingest", "RequestQuery", "RequestMetrics", "PromQL", "RequestStorage", "HTTPTransport", "ByteCoding", "GatewayModel", logging] + nio,
            path: "Tests/Serve/WebAPITests", swiftSettings: testing),
        .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: testing),
    ]
)
