internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import Ingest

/// `GET /api/v1/live`: a tick a second as server-sent events. The page fetches again when `sequence` has changed.
///
/// A tick costs a handful of counters, so twenty open pages cost nothing measurable; the queries behind them are the page's, one batch at a time.
struct LiveRoute: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/live") { _ in
            var response = ServerResponse(contentType: eventStreamContentType, body: .stream { writer in try await stream(to: writer) })
            response.headers.add(name: "Cache-Control", value: "no-store")
            response.headers.add(name: "X-Accel-Buffering", value: "no")
            return response
        }
    }

    private func stream(to writer: ResponseWriter) async throws {
        try await writer.write("retry: 2000\n\n")
        var last = services.reader.statistics.records
        var lastTime = ContinuousClock.now
        try await writer.write(tick(recordsPerSecond: 0))
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(1), tolerance: .milliseconds(50))
            let statistics = services.reader.statistics
            let now = ContinuousClock.now
            let seconds = (now - lastTime) / .seconds(1)
            let rate = seconds > 0 ? Double(max(0, statistics.records - last)) / seconds : 0
            (last, lastTime) = (statistics.records, now)
            try await writer.write(tick(recordsPerSecond: rate))
        }
    }

    private func tick(recordsPerSecond: Double) -> String {
        let statistics = services.reader.statistics
        let now = Timestamp.now()
        var writer = JSONWriter()
        writer.object { tick in
            tick.member("time", now.iso8601)
            tick.member("sequence", statistics.sequence)
            tick.member("records", statistics.records)
            tick.member("records_per_second", (recordsPerSecond * 10).rounded() / 10)
            tick.member("newest", statistics.newest?.iso8601)
            tick.member("ingest_lag_seconds", services.collector.metrics.newestLagSeconds)
            tick.member("rejected", services.collector.metrics.rejectedTotal)
        }
        return "event: tick\ndata: \(writer.string)\n\n"
    }
}
