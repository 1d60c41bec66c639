internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import PromQL

/// `series`, `labels`, `label/{name}/values` and `metadata` of the Prometheus API.
struct PrometheusSeriesRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET", "POST"], "/api/v1/series") { try await series($0) }
        add(&router, ["GET", "POST"], "/api/v1/labels") { try await labels($0) }
        add(&router, ["GET"], "/api/v1/label/{name}/values") { try await values($0) }
        add(&router, ["GET"], "/api/v1/metadata") { try metadata($0) }
    }

    private func series(_ request: ServerRequest) async throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        guard !parameters.texts("match[]").isEmpty else { throw PrometheusError(.badData, "no match[] parameter provided") }
        let reader = services.series.reader
        let found = try await listed(request, parameters) { question throws(SeriesError) in try reader.labelSets(question) }
        return found.response { labels, array in SampleJSON.write(labels, to: &array) }
    }

    private func labels(_ request: ServerRequest) async throws -> ServerResponse {
        let reader = services.series.reader
        let found = try await listed(request, try PrometheusParameters(request)) { question throws(SeriesError) in try reader.labelNames(question) }
        return found.response { name, array in array.value(name) }
    }

    private func values(_ request: ServerRequest) async throws -> ServerResponse {
        let name = EscapedLabelName.decode(request.parameter("name") ?? "")
        guard !name.isEmpty else { throw PrometheusError(.badData, "invalid label name: \"\"") }
        let reader = services.series.reader
        let found = try await listed(request, try PrometheusParameters(request)) { question throws(SeriesError) in try reader.labelValues(of: name, question) }
        return found.response { value, array in array.value(value) }
    }

    // MARK: Lists

    /// What a question found, at most `limit` of it.
    private struct Listing<Element: Sendable>: Sendable {
        let elements: [Element]
        let isCut: Bool

        func response(_ write: (Element, inout JSONWriter) -> Void) -> ServerResponse {
            .prometheus(warnings: isCut ? ["results truncated due to limit"] : []) { $0.array { array in for element in elements { write(element, &array) } } }
        }
    }

    private func listed<Element: Sendable>(
        _ request: ServerRequest, _ parameters: PrometheusParameters, _ read: @escaping @Sendable (SeriesListing) throws(SeriesError) -> [Element]
    ) async throws -> Listing<Element> {
        let limit = try parameters.limit()
        let (from, through) = try parameters.range()
        let selectors = try parameters.texts("match[]").map { try SeriesSelectorText.matchers($0, parameter: "match[]") }
        // One more than asked for tells whether anything was left out.
        let question = SeriesListing(selectors, from: from, through: through, limit: limit.map { $0 == .max ? $0 : $0 + 1 })
        let found = try await services.listing(request) { () throws(SeriesError) in try read(question) }
        guard let limit, found.count > limit else { return Listing(elements: found, isCut: false) }
        return Listing(elements: Array(found.prefix(limit)), isCut: true)
    }

    // MARK: Metadata

    private func metadata(_ request: ServerRequest) throws -> ServerResponse {
        let parameters = try PrometheusParameters(request)
        let limit = try Self.number(parameters, "limit")
        let perMetric = try Self.number(parameters, "limit_per_metric")
        let metric = parameters.text("metric")
        let known = services.series.reader.metadata(of: metric.isEmpty ? nil : metric).sorted { $0.key < $1.key }
        return .prometheus { writer in
            writer.object { object in
                for (name, entries) in known.prefix(limit) where !entries.isEmpty {
                    object.array(name) { array in
                        for entry in entries.prefix(perMetric) { array.object { entry.write(to: &$0) } }
                    }
                }
            }
        }
    }

    /// A limit as `metadata` reads it: negative for none.
    static func number(_ parameters: PrometheusParameters, _ name: String) throws(PrometheusError) -> Int {
        let text = parameters.text(name)
        guard !text.isEmpty else { return .max }
        guard let number = Int(text) else { throw PrometheusError(.badData, "\(name) must be a number") }
        // 0 of a metric's entries means all, as in Prometheus.
        return number < 0 || (number == 0 && name == "limit_per_metric") ? .max : number
    }
}

extension MetricMetadata {
    /// Writes the members `type`, `help` and `unit`.
    func write(to object: inout JSONWriter) {
        object.member("type", kind.rawValue)
        object.member("help", help)
        object.member("unit", unit)
    }
}

/// Selectors as parameters: `up{job="api"}`.
enum SeriesSelectorText {
    /// - Throws: `bad_data` naming the parameter, when the text is no selector or would match every series.
    static func matchers(_ text: String, parameter: String) throws(PrometheusError) -> [SeriesMatcher] {
        let matchers: [SeriesMatcher]
        do { matchers = try PromQLParser.selector(text) } catch { throw .invalid(parameter, error.description) }
        guard matchers.contains(where: { !$0.matchesEmpty }) else { throw .invalid(parameter, "match[] must contain at least one non-empty matcher") }
        return matchers
    }
}
