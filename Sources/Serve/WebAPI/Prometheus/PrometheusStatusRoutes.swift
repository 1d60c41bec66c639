internal import ByteCoding
internal import Foundation
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// `status/...`, `/-/healthy` and `/-/ready` of the Prometheus API.
struct PrometheusStatusRoutes: Sendable {
    /// The version of Prometheus whose API and language this is: clients, Grafana among them, choose by it what they ask for.
    static let prometheusVersion = "3.5.0"

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/status/buildinfo") { _ in buildInfo() }
        add(&router, ["GET"], "/api/v1/status/runtimeinfo") { _ in runtimeInfo() }
        add(&router, ["GET"], "/api/v1/status/config") { _ in .prometheus { $0.object { $0.member("yaml", services.series.configurationYAML) } } }
        add(&router, ["GET"], "/api/v1/status/flags") { _ in .prometheus { $0.object { for flag in services.series.flags { $0.member(flag.name, flag.value) } } } }
        add(&router, ["GET"], "/api/v1/status/tsdb") { try await tsdb($0) }
        // Open to everyone, as /health and /ready are.
        router.on("GET", "/-/healthy", execution: .eventLoop) { _ in ServerResponse(text: "Gatewatch is healthy.\n") }
        router.on("GET", "/-/ready", execution: .eventLoop) { _ in
            services.reader.statistics.unwritableReason == nil ? ServerResponse(text: "Gatewatch is ready.\n") : ServerResponse(status: .serviceUnavailable, text: "Service Unavailable\n")
        }
        // As a Prometheus answers without --web.enable-admin-api.
        for path in ["delete_series", "clean_tombstones", "snapshot"] {
            add(&router, ["POST", "PUT"], "/api/v1/admin/tsdb/\(path)") { _ in throw PrometheusError(.unavailable, "admin APIs disabled") }
        }
    }

    private func buildInfo() -> ServerResponse {
        .prometheus { writer in
            writer.object { info in
                info.member("version", Self.prometheusVersion)
                info.member("revision", services.identity.version)
                info.member("branch", "gatewatch")
                info.member("buildUser", "")
                info.member("buildDate", "")
                info.member("goVersion", "")
            }
        }
    }

    private func runtimeInfo() -> ServerResponse {
        let status = services.series.storeStatus(0)
        let started = Self.secondsText(services.identity.started)
        return .prometheus { writer in
            writer.object { info in
                info.member("startTime", started)
                info.member("CWD", FileManager.default.currentDirectoryPath)
                info.member("hostname", services.identity.name)
                info.member("serverTime", Timestamp.now().iso8601)
                info.member("reloadConfigSuccess", true)
                info.member("lastConfigTime", started)
                info.member("corruptionCount", status.corruptions)
                // There is no Go here; clients want the keys.
                info.member("goroutineCount", 0)
                info.member("GOMAXPROCS", ProcessInfo.processInfo.activeProcessorCount)
                info.member("GOMEMLIMIT", Int64.max)
                info.member("GOGC", "")
                info.member("GODEBUG", "")
                info.member("storageRetention", Self.retentionText(seconds: status.retentionSeconds))
            }
        }
    }

    /// `2026-03-05T12:00:00Z`
    private static func secondsText(_ time: Timestamp) -> String { time.iso8601.prefix(19) + "Z" }

    private static func retentionText(seconds: Int) -> String { seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds)s" }

    /// Entries of each list of `status/tsdb` when the request does not say, and at most.
    private static let entriesDefault = 10
    private static let entriesMax = 10_000

    private func tsdb(_ request: ServerRequest) async throws -> ServerResponse {
        let entries = min(try PrometheusParameters(request).limit() ?? Self.entriesDefault, Self.entriesMax)
        let storeStatus = services.series.storeStatus
        let status = try await services.listing(request) { () throws(SeriesError) in storeStatus(entries) }
        return .prometheus { writer in
            writer.object { data in
                data.object("headStats") { head in
                    head.member("numSeries", status.series)
                    head.member("numLabelPairs", status.labelPairs)
                    head.member("chunkCount", status.chunks)
                    // Prometheus's bounds of a head that holds nothing.
                    head.member("minTime", status.from ?? .max)
                    head.member("maxTime", status.through ?? .min)
                }
                Self.write("seriesCountByMetricName", status.seriesByMetric, to: &data)
                Self.write("labelValueCountByLabelName", status.valuesByLabel, to: &data)
                Self.write("memoryInBytesByLabelName", status.bytesByLabel, to: &data)
                Self.write("seriesCountByLabelValuePair", status.seriesByPair, to: &data)
            }
        }
    }

    private static func write(_ name: String, _ entries: [SeriesStoreStatus.Count], to object: inout JSONWriter) {
        object.array(name) { array in
            for entry in entries {
                array.object {
                    $0.member("name", entry.name)
                    $0.member("value", entry.value)
                }
            }
        }
    }
}
