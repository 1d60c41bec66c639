internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import PromQL
internal import RequestQuery

/// `query`, `query_range`, `query_exemplars`, `format_query` and `parse_query` of the Prometheus API.
///
/// Source: prometheus/prometheus `web/api/v1/api.go`, with its words and statuses.
struct PrometheusQueryRoutes: Sendable {
    /// Points of one series in a range query, as Prometheus limits them: more than any screen has pixels.
    static let pointsMax = 11_000

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET", "POST"], "/api/v1/query") { try await query($0) }
        add(&router, ["GET", "POST"], "/api/v1/query_range") { try await queryRange($0) }
        add(&router, ["GET", "POST"], "/api/v1/query_exemplars") { try await exemplars($0) }
        add(&router, ["GET", "POST"], "/api/v1/format_query") { try formatQuery($0) }
        add(&router, ["GET", "POST"], "/api/v1/parse_query") { try parseQuery($0) }
    }

    // MARK: Queries

    private func query(_ request: ServerRequest) async throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        let limit = try parameters.limit()
        let time = try parameters.time("time") ?? Timestamp.now().microseconds / 1_000
        let options = try options(parameters)
        let expression = try Self.expression(parameters)
        let reader = services.series.reader
        return try await answer(request, parameters, limit: limit) { cancellation throws(PromQLError) in
            try PromQLEngine(reader: reader, options: options).instant(expression, at: time, isCancelled: { cancellation.isCancelled })
        }
    }

    private func queryRange(_ request: ServerRequest) async throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        let limit = try parameters.limit()
        let grid = try Self.grid(parameters)
        let options = try options(parameters)
        let expression = try Self.expression(parameters)
        guard expression.type == .scalar || expression.type == .vector else {
            throw PrometheusError.invalid("query", "invalid expression type \"\(expression.type.description)\" for range query, must be Scalar or instant Vector")
        }
        let reader = services.series.reader
        return try await answer(request, parameters, limit: limit) { cancellation throws(PromQLError) in
            try PromQLEngine(reader: reader, options: options).range(expression, grid: grid, isCancelled: { cancellation.isCancelled })
        }
    }

    /// Evaluates off the event loops, in the asker's turn, and gives up when the client goes away.
    private func answer(
        _ request: ServerRequest, _ parameters: PrometheusParameters, limit: Int?, _ evaluate: @escaping @Sendable (QueryCancellation) throws(PromQLError) -> QueryAnswer
    ) async throws -> ServerResponse {
        let result: Result<QueryAnswer, PromQLError> = try await services.queries(of: request).perform { cancellation throws(QueryError) in
            do throws(PromQLError) { return .success(try evaluate(cancellation)) } catch { return .failure(error) }
        }
        switch result {
        case .success(let answer):
            let body = QueryAnswerBody(answer, query: parameters.text("query"), limit: limit, hasStatistics: !parameters.text("stats").isEmpty)
            return body.response(acceptsGzip: request.acceptsGzip)
        case .failure(let error): throw PrometheusError(error)
        }
    }

    /// The instants of a range query.
    static func grid(_ parameters: PrometheusParameters) throws(PrometheusError) -> StepGrid {
        let start = try parameters.requiredTime("start")
        let end = try parameters.requiredTime("end")
        guard end >= start else { throw .invalid("end", "end timestamp must not be before start time") }
        let step = try parameters.requiredDuration("step")
        guard step > 0 else { throw .invalid("step", "zero or negative query resolution step widths are not accepted. Try a positive integer") }
        guard Double(end - start) / 1_000 / step < Double(pointsMax + 1) else {
            throw PrometheusError(.badData, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
        }
        // Times are whole milliseconds.
        let milliseconds = min(step * 1_000, Double(PrometheusTime.millisecondsMax))
        return StepGrid(start: start, end: end, step: max(1, Int64(milliseconds)))
    }

    /// The server's options, as far as the request may change them.
    private func options(_ parameters: PrometheusParameters) throws(PrometheusError) -> PromQLOptions {
        var options = services.series.options
        if let seconds = try parameters.duration("timeout") { options.timeoutSeconds = max(0, min(seconds, options.timeoutSeconds)) }
        if let seconds = try parameters.duration("lookback_delta") {
            guard seconds > 0 else { throw PrometheusError(.badData, "error parsing lookback delta duration: it must be positive") }
            options.lookbackMilliseconds = Int64(min(seconds * 1_000, Double(PrometheusTime.millisecondsMax)))
        }
        return options
    }

    static func expression(_ parameters: PrometheusParameters) throws(PrometheusError) -> Expression {
        do { return try PromQLParser.parse(parameters.text("query")) } catch { throw .invalid("query", error.description) }
    }

    // MARK: Exemplars

    private func exemplars(_ request: ServerRequest) async throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        let (from, through) = try parameters.range()
        guard through >= from else { throw PrometheusError(.badData, "end timestamp must not be before start timestamp") }
        let selectors = try Self.expression(parameters).selectors
        let reader = services.series.reader
        let found = try await services.listing(request) { () throws(SeriesError) in selectors.isEmpty ? [] : try reader.exemplars(selectors, from: from, through: through) }
        return .prometheus { writer in
            writer.array { array in for series in found where !series.exemplars.isEmpty { array.object { Self.write(series, to: &$0) } } }
        }
    }

    private static func write(_ series: SeriesExemplars, to object: inout JSONWriter) {
        object.key("seriesLabels")
        SampleJSON.write(series.labels, to: &object)
        object.array("exemplars") { array in
            for exemplar in series.exemplars {
                array.object { item in
                    item.key("labels")
                    SampleJSON.write(exemplar.labels, to: &item)
                    item.member("value", PrometheusNumber.of(exemplar.value))
                    item.key("timestamp")
                    item.raw(SampleJSON.time(exemplar.time))
                }
            }
        }
    }

    // MARK: Texts

    private func formatQuery(_ request: ServerRequest) throws -> ServerResponse {
        let text = try Self.expression(try PrometheusParameters(request)).prettyText
        return .prometheus { $0.value(text) }
    }

    private func parseQuery(_ request: ServerRequest) throws -> ServerResponse {
        let expression = try Self.expression(try PrometheusParameters(request))
        return .prometheus { expression.writeJSON(into: &$0) }
    }
}

extension PrometheusError {
    init(_ error: PromQLError) {
        let kind: Kind =
            switch error.kind {
            case .badData: .badData
            case .execution: .execution
            case .timeout: .timeout
            case .canceled: .canceled
            case .internal: .internal
            }
        self.init(kind, error.message)
    }

    init(_ error: SeriesError) {
        switch error {
        case .limit(let name, let most): self.init(.execution, "the answer needs more than \(most) (\(name))")
        case .timeout(let seconds): self.init(.timeout, "query timed out in expression evaluation after \(seconds) s")
        case .cancelled: self.init(.canceled, "query was canceled")
        case .unreadable(let reason): self.init(.internal, reason)
        }
    }
}

extension ServerRequest {
    /// Whether the client takes gzip.
    var acceptsGzip: Bool { headers[canonicalForm: "Accept-Encoding"].contains { $0.split(separator: ";").first?.lowercased() == "gzip" } }
}

extension WebServices {
    /// Looks something up among the series, off the event loops, in the asker's turn.
    func listing<Answer: Sendable>(_ request: ServerRequest, _ read: @escaping @Sendable () throws(SeriesError) -> Answer) async throws -> Answer {
        let result: Result<Answer, SeriesError> = try await queries(of: request).perform { _ throws(QueryError) in
            do throws(SeriesError) { return .success(try read()) } catch { return .failure(error) }
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let error): throw PrometheusError(error)
        }
    }
}
