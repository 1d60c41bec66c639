internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import PromQL
internal import RequestMetrics
internal import RequestQuery

/// What the Explore page asks beside the Prometheus API, in its envelope: the functions for its editor, and the records behind a point.
struct ExploreRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/promql/functions") { _ in Self.functions }
        add(&router, ["GET", "POST"], "/api/v1/explain") { try await explain($0) }
    }

    private static let functions = ServerResponse.prometheus { writer in
        writer.array { array in
            for function in FunctionHelp.all {
                array.object { item in
                    item.member("name", function.name)
                    item.member("signature", function.usage)
                    item.member("help", function.summary)
                }
            }
        }
    }

    // MARK: Explanations

    /// What one selector of the expression counts at the point.
    private struct Explanation: Sendable {
        let selector: String
        let records: SampleRecords?
        var count: Int64?
        /// A sentence where there is no list of records.
        let note: String?
    }

    /// `GET /api/v1/explain?query=&time=&labels={"model":"x"}`: for each selector of the expression the records that it counts for the point with these labels.
    private func explain(_ request: ServerRequest) async throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        let expression = try PrometheusQueryRoutes.expression(parameters)
        let time = try parameters.time("time") ?? Timestamp.now().microseconds / 1_000
        let labels = try Self.labels(parameters)
        let windows: [SelectionWindow]
        do { windows = try expression.selectionWindows(at: time) } catch { throw PrometheusError(error) }
        let metrics = services.metrics
        let asked = services.queries(of: request)
        var answer: [Explanation] = try await asked.perform { _ throws(QueryError) in
            var explanations: [Explanation] = []
            for window in windows { explanations += try Self.explain(window, labels, metrics) }
            return explanations
        }
        for index in answer.indices {
            guard let records = answer[index].records else { continue }
            var query = RequestQuery()
            (query.from, query.to) = (.absolute(records.range.from), .absolute(records.range.to))
            query.filter = records.filter
            answer[index].count = try await asked.answer(query).values.first?.double.map { Int64($0) }
        }
        return .prometheus { Self.write(answer, to: &$0) }
    }

    /// The labels of the point, a JSON object of strings; nil when nothing is said of them, which means all points of the instant.
    private static func labels(_ parameters: PrometheusParameters) throws(PrometheusError) -> SeriesLabels? {
        let text = parameters.text("labels")
        guard !text.isEmpty else { return nil }
        let value: JSONValue
        do { value = try JSONValue.parse(text) } catch { throw .invalid("labels", "it must be a JSON object of strings: \(error)") }
        guard case .object(let members) = value else { throw .invalid("labels", "it must be a JSON object of strings, for example {\"model\":\"gpt-4o\"}") }
        var labels: [SeriesLabel] = []
        for member in members {
            guard case .string(let text) = member.value else { throw .invalid("labels", "the value of \"\(member.name)\" must be a string") }
            labels.append(SeriesLabel(member.name, text))
        }
        return SeriesLabels(labels)
    }

    private static func explain(_ window: SelectionWindow, _ labels: SeriesLabels?, _ metrics: RequestMetrics?) throws(QueryError) -> [Explanation] {
        let sampled = Explanation(
            selector: window.text, records: nil, note: "These series were scraped or written to Gatewatch: no request stands behind them.")
        guard let metrics else { return [sampled] }
        let matchers = window.selector.matchers
        let known: [String]
        do { known = try metrics.labelNames(SeriesListing([matchers])) } catch { throw QueryError(.internal, "the families' labels cannot be read: \(error)") }
        guard !known.isEmpty else { return [sampled] }
        let answers = try metrics.explain(matchers + conditions(labels, of: known, window.scope), from: window.from, through: window.through)
        guard !answers.isEmpty else { return [Explanation(selector: window.text, records: nil, note: "No series of this selector has the point's labels.")] }
        return answers.map { answer in
            switch answer {
            case .records(let records): Explanation(selector: window.text, records: records, note: nil)
            case .none(_, let reason): Explanation(selector: window.text, records: nil, note: reason)
            }
        }
    }

    /// What the point's labels ask of the series: most functions take the name away; every other label that the point lacks within the scope its series lack too.
    private static func conditions(_ labels: SeriesLabels?, of known: [String], _ scope: LabelScope) -> [SeriesMatcher] {
        guard let labels else { return [] }
        let named = known.filter { scope.holds($0) && !($0 == SeriesLabels.metricName && labels.metricName == nil) }
        return named.map { SeriesMatcher($0, equals: labels[$0] ?? "") }
    }

    private static func write(_ explanations: [Explanation], to writer: inout JSONWriter) {
        writer.object { data in
            data.array("selectors") { array in
                for explanation in explanations {
                    array.object { item in
                        item.member("selector", explanation.selector)
                        if let records = explanation.records {
                            item.member("filter", records.filter.text)
                            item.member("from", records.range.from.iso8601)
                            item.member("to", records.range.to.iso8601)
                            item.member("records", explanation.count ?? 0)
                        }
                        if let note = explanation.note { item.member("note", note) }
                    }
                }
            }
        }
    }
}
