internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import PromQL

/// `/federate?match[]=...`: the newest sample of each matching series as text, with its time, for another Prometheus to scrape.
///
/// Source: prometheus/prometheus `web/federate.go`. All are of type `untyped`; a series without `instance` gets an empty one, so that the scraper does not set its own.
struct FederateRoute: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) { add(&router, ["GET"], "/federate") { try await federate($0) } }

    private struct Sample: Sendable {
        let labels: SeriesLabels
        let time: Int64
        let value: Double
    }

    private func federate(_ request: ServerRequest) async throws -> ServerResponse {
        let selectors = try PrometheusParameters(request).texts("match[]").map { try SeriesSelectorText.matchers($0, parameter: "match[]") }
        let reader = services.series.reader
        let now = Timestamp.now().microseconds / 1_000
        let lookback = services.series.options.lookbackMilliseconds
        let samples = try await services.listing(request) { () throws(SeriesError) in try Self.newest(selectors, in: reader, at: now, lookback: lookback) }
        var writer = ExpositionWriter(.text)
        var family: String?
        for sample in samples {
            // A series without a metric's name has no place in the format.
            guard let name = sample.labels.metricName else { continue }
            if name != family { writer.family(name, .unknown, help: "") }
            family = name
            let instance = sample.labels["instance"] == nil ? [SeriesLabel("instance", "")] : []
            writer.sample(sample.labels.labels + instance, sample.value, time: sample.time)
        }
        return ServerResponse(contentType: ExpositionFormat.text.contentType, body: .bytes(writer.finish()))
    }

    /// The newest sample of each series, ascending by name and labels. Histograms have no form in the text format and are left out.
    private static func newest(_ selectors: [[SeriesMatcher]], in reader: any SeriesReader, at now: Int64, lookback: Int64) throws(SeriesError) -> [Sample] {
        var found: [SeriesLabels: Sample] = [:]
        let grid = StepGrid(start: now, end: now, step: 1)
        for matchers in selectors {
            for series in try reader.select(SeriesRequest(matchers, from: now - lookback + 1, through: now, grid: grid)) where found[series.labels] == nil {
                var samples = SampleColumns()
                try series.read(from: now - lookback + 1, through: now, into: &samples)
                guard let time = samples.times.last, let value = samples.values.last, !SampleColumns.isStale(value), samples.histograms.last ?? nil == nil else { continue }
                found[series.labels] = Sample(labels: series.labels, time: time, value: value)
            }
        }
        return found.values.sorted { ($0.labels.metricName ?? "", $0.labels) < ($1.labels.metricName ?? "", $1.labels) }
    }
}
