internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOCore
internal import RequestQuery

/// `GET /api/v1/completeness` and `POST /api/v1/completeness/expected`: what came of what was sent, and what gateways say there was.
struct CompletenessRoutes: Sendable {
    /// Entries of one report of expected calls: a day of minutes.
    static let expectedEntriesMax = 1_440

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/completeness") { try report($0) }
        add(&router, ["POST"], "/api/v1/completeness/expected") { try expect($0) }
    }

    // MARK: Reading

    private func report(_ request: ServerRequest) throws -> ServerResponse {
        var parameters = QueryParameters()
        (parameters.from, parameters.to, parameters.timeZone) = (request.query("from"), request.query("to"), request.query("time_zone"))
        parameters.every = request.query("every")
        let query = try parameters.query()
        let range = try query.range(now: .now())
        var limits = QueryLimits.standard
        limits.bucketsMax = CompletenessLedger.bucketsMax
        let buckets = try query.every.map { try TimeBuckets(range, every: $0, zone: query.timeZone, limits: limits) }
        if let seconds = buckets?.everySeconds, seconds < 60 {
            throw APIError(.invalidTime, "the ledger counts by the minute", field: "every", hint: "write 1m, 15m, 1h or 1d")
        }
        let report = services.collector.ledger.report(range, edges: buckets?.edges ?? [])
        return .json { writer in CompletenessAnswer(report: report, buckets: buckets).write(to: &writer) }
    }

    // MARK: Expected calls

    private func expect(_ request: ServerRequest) throws -> ServerResponse {
        let body: JSONValue
        do throws(JSONError) { body = try JSONValue.parse(String(decoding: request.body.readableBytesView, as: UTF8.self)) } catch {
            throw APIError(.invalidRequest, "the body is not JSON: \(error.reason)")
        }
        let entries = body.elements ?? [body]
        guard (1...Self.expectedEntriesMax).contains(entries.count) else {
            throw APIError(.invalidRequest, "a report has 1 to \(Self.expectedEntriesMax) entries")
        }
        // All are checked before the first is taken, so that a faulty report changes nothing.
        let expectations = try entries.enumerated().map { try Expectation($1, position: body.elements == nil ? "" : "[\($0)].") }
        for expectation in expectations { try take(expectation) }
        return .json { writer in writer.object { $0.member("accepted", expectations.count) } }
    }

    private func take(_ expectation: Expectation) throws(APIError) {
        do throws(CompletenessLedger.ExpectationError) {
            try services.collector.ledger.expect(
                expectation.count, source: expectation.source, from: expectation.from, to: expectation.to, reporter: expectation.reporter)
        } catch {
            switch error {
            case .tooOld(let first): throw APIError(.invalidTime, "counts before \(first.iso8601) can no longer be changed", field: expectation.timeField)
            case .invalidRange:
                throw APIError(
                    .invalidTime, "the range is empty, lies in the future or is longer than \(CompletenessLedger.expectedMinutesMax) minutes", field: expectation.timeField)
            case .negativeCount: throw APIError(.invalidRequest, "count must not be negative", field: "count")
            case .tooManyReporters: throw APIError(.invalidRequest, "there are too many reporters of this minute", field: "reporter")
            }
        }
    }
}

/// One gateway's own count, as a report tells it.
private struct Expectation {
    let source: LedgerSource
    let from: Timestamp
    let to: Timestamp
    let count: Int64
    let reporter: String
    let timeField: String

    init(_ value: JSONValue, position: String) throws(APIError) {
        guard let name = value["source"]?.string, let source = LedgerSource(name) else {
            throw APIError(
                .invalidRequest, "source must be 1 to \(LedgerSource.nameBytesMax) letters, digits, '_', '-', '.' or '/'", field: position + "source",
                hint: "the names that GET /api/v1/completeness shows, such as elasticsearch/apisix")
        }
        guard let count = value["count"]?.integer, count >= 0 else { throw APIError(.invalidRequest, "count must be an integer from 0", field: position + "count") }
        let reporter = value["reporter"] == nil ? "" : value["reporter"]?.string
        guard let reporter, reporter.utf8.count <= LedgerSource.nameBytesMax else {
            throw APIError(.invalidRequest, "reporter must be text of at most \(LedgerSource.nameBytesMax) bytes", field: position + "reporter")
        }
        (self.source, self.count, self.reporter) = (source, count, reporter)
        if let minute = value["minute"] {
            timeField = position + "minute"
            let start = try Self.instant(minute, timeField)
            from = Timestamp(microseconds: start.microseconds - (start.microseconds % 60_000_000 + 60_000_000) % 60_000_000)
            to = Timestamp(microseconds: from.microseconds + 60_000_000)
        } else {
            timeField = position + "from"
            from = try Self.instant(value["from"], position + "from")
            to = try Self.instant(value["to"], position + "to")
        }
    }

    private static func instant(_ value: JSONValue?, _ field: String) throws(APIError) -> Timestamp {
        let text = value?.string ?? value?.integer.map { String($0) }
        guard let text else { throw APIError(.invalidTime, "give minute, or from and to", field: field, hint: "ISO 8601, or seconds or milliseconds since 1970") }
        do throws(QueryError) { return try TimeExpression(text, field: field).resolve(now: .now(), zone: .utc, field: field) } catch { throw error.apiError }
    }
}
