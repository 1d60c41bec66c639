internal import ByteCoding
internal import Dispatch
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import RequestMetrics
internal import RequestQuery

/// `/prometheus/metrics/{all,system,providers,models,business,performance,summary,docs}`: a marketplace's metrics API, by category.
///
/// Families are told whole, with their heads and every bucket; figures of the summary are numbers, or null where there is nothing to divide by.
struct SystemZRoutes: Sendable {
    let services: WebServices

    /// The families of a category over records, and what the server says of itself.
    struct Category: Sendable {
        let name: String
        let summary: String
        /// nil for all.
        let families: Set<String>?
        let own: @Sendable (MetricsPage, inout PrometheusText) -> Void
    }

    static let categories: [Category] = [
        Category(name: "all", summary: "every family", families: nil) { $0.writeOwn(to: &$1) },
        Category(name: "system", summary: "this server's HTTP requests", families: []) { page, text in
            page.writeServer(to: &text)
            page.writeServerDurations(to: &text)
        },
        Category(
            name: "providers", summary: "health, errors and latency by provider",
            families: [
                "provider_availability", "provider_error_rate", "provider_response_time_seconds", "gatewayz_provider_health_score", "gatewayz_provider_health_component",
            ]
        ) { _, _ in },
        Category(
            name: "models", summary: "requests, durations, tokens and cost by model",
            families: ["model_inference_requests_total", "model_inference_duration_seconds", "tokens_used_total", "credits_used_total", "gatewayz_token_efficiency"]
        ) { _, _ in },
        Category(
            name: "business", summary: "clients, tokens and cost",
            families: [
                "active_api_keys", "subscription_count", "trial_active", "tokens_used_total", "credits_used_total", "gatewayz_cost_by_provider", "gatewayz_token_efficiency",
            ]
        ) { $0.writeConnections(to: &$1) },
        Category(
            name: "performance", summary: "durations, and answers from the cache",
            families: ["model_inference_duration_seconds", "provider_response_time_seconds", "cache_hits_total"]
        ) { page, text in
            page.writeServerDurations(to: &text)
            page.writeDatabase(to: &text)
        },
    ]

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        guard let metrics = services.metrics else { return }
        for category in Self.categories {
            add(&router, ["GET"], "/prometheus/metrics/" + category.name) { [services] request in
                try await MetricsPage.written(ExpositionFormat(accept: request.headers.first(name: "Accept"))) { text in
                    category.own(MetricsPage(services: services), &text)
                    try metrics.write(to: &text.writer, only: category.families)
                }
            }
        }
        add(&router, ["GET"], "/prometheus/metrics/summary") { try await summary($0, metrics) }
        add(&router, ["GET"], "/prometheus/metrics/docs") { _ in
            ServerResponse(contentType: "text/markdown; charset=utf-8", body: .text(MarketplaceGuide.text(metrics.families)))
        }
    }

    private func summary(_ request: ServerRequest, _ metrics: RequestMetrics) async throws -> ServerResponse {
        let category = request.query("category")
        if let category, !SummaryBody.categories.contains(category) {
            throw APIError(
                .invalidRequest, "there is no category '\(category.prefix(64))'", field: "category", hint: "one of " + SummaryBody.categories.joined(separator: ", "))
        }
        let figures: TrafficSummary = try await withCheckedThrowingContinuation { continuation in
            MetricsPage.queue.async { continuation.resume(with: Result { try metrics.summary() }) }
        }
        return SummaryBody(services: services, figures: figures).answer(category)
    }
}

/// The summary's JSON.
private struct SummaryBody {
    let services: WebServices
    let figures: TrafficSummary

    static let categories = ["http", "models", "providers", "database", "business"]

    func answer(_ category: String?) -> ServerResponse {
        .json { writer in
            writer.object { top in
                top.member("timestamp", Timestamp.now().iso8601)
                top.object("metrics") { metrics in
                    for name in Self.categories where category == nil || category == name { metrics.object(name) { write(name, to: &$0) } }
                }
            }
        }
    }

    private func write(_ category: String, to writer: inout JSONWriter) {
        switch category {
        case "http": writeHTTP(to: &writer)
        case "models": writeModels(to: &writer)
        case "providers": writeProviders(to: &writer)
        case "database": writeDatabase(to: &writer)
        default: writeBusiness(to: &writer)
        }
    }

    private func writeHTTP(to writer: inout JSONWriter) {
        let counters = services.transportCounters()
        let total = counters.responsesByClass.reduce(0, +)
        let minutes = Double(Timestamp.now().microseconds - services.identity.started.microseconds) / 60e6
        writer.member("total_requests", total)
        writer.member("request_rate_per_minute", minutes > 0 ? Double(total) / minutes : nil)
        writer.member("error_rate", total > 0 ? Double(counters.responsesByClass[4]) / Double(total) : nil)
        writer.member("avg_latency_ms", counters.durations.count > 0 ? counters.durations.sum * 1_000 / Double(counters.durations.count) : nil)
        writer.member("in_progress", counters.requestsInFlight)
    }

    private func writeModels(to writer: inout JSONWriter) {
        writer.member("total_inference_requests", figures.requests)
        writer.member("tokens_used_total", figures.inputTokens + figures.outputTokens)
        writer.member("credits_used_total", figures.dollars)
        writer.member("avg_inference_latency_ms", figures.latencyMilliseconds)
    }

    private func writeProviders(to writer: inout JSONWriter) {
        writer.member("total_providers", figures.providers.count)
        writer.member("healthy_providers", figures.providers(in: .healthy))
        writer.member("degraded_providers", figures.providers(in: .degraded))
        writer.member("unavailable_providers", figures.providers(in: .unavailable))
        writer.member("avg_error_rate", figures.providerAverage(\.errorRate))
        writer.member("avg_response_time_ms", figures.providerLatencyMilliseconds)
    }

    private func writeDatabase(to writer: inout JSONWriter) {
        let queries = services.queries.counters
        let cache = services.queries.cacheStatistics
        writer.member("total_queries", queries.finished)
        writer.member("avg_query_latency_ms", queries.finished > 0 ? queries.secondsTotal * 1_000 / Double(queries.finished) : nil)
        writer.member("cache_hit_rate", cache.hits + cache.misses > 0 ? Double(cache.hits) / Double(cache.hits + cache.misses) : nil)
    }

    private func writeBusiness(to writer: inout JSONWriter) {
        writer.member("active_api_keys", figures.activeClients)
        // Nothing in the records tells of subscriptions and trials.
        writer.nullMember("active_subscriptions")
        writer.nullMember("active_trials")
        writer.member("total_tokens_used", figures.inputTokens + figures.outputTokens)
        writer.member("total_credits_used", figures.dollars)
    }
}

/// The Markdown of `/prometheus/metrics/docs`.
private enum MarketplaceGuide {
    private static let examples = [
        ("Error rate by provider", "provider_error_rate"), ("Providers that are not healthy", "gatewayz_provider_health_score < 0.8"),
        ("p95 of durations by model", "histogram_quantile(0.95, sum by (le, model) (rate(model_inference_duration_seconds_bucket[5m])))"),
        ("Dollars an hour by provider", "sum by (provider) (increase(credits_used_total[1h]))"), ("Tokens a second by model", "sum by (model) (rate(tokens_used_total[5m]))"),
        ("Share of failed requests", "sum(rate(model_inference_requests_total{status=\"error\"}[5m])) / sum(rate(model_inference_requests_total[5m]))"),
    ]

    static func text(_ families: [MetricFamily]) -> String {
        var text = "# Metrics\n\n| endpoint | what it tells |\n|---|---|\n"
        for category in SystemZRoutes.categories { text += "| `/prometheus/metrics/\(category.name)` | \(category.summary) |\n" }
        text += "| `/prometheus/metrics/summary` | the same as JSON numbers; `?category=` narrows it |\n\n## Families\n\n| name | type | labels | meaning |\n|---|---|---|---|\n"
        for family in families {
            let labels = family.labels.map(\.name) + (family.variants.first?.labels.map(\.name) ?? [])
            text += "| `\(family.name)` | \(family.kind.rawValue) | \(labels.joined(separator: ", ")) | \(family.help) |\n"
        }
        text += "\n## PromQL\n"
        for (title, query) in examples { text += "\n\(title):\n\n    \(query)\n" }
        return text
    }
}
