internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import SeriesIngest

/// `targets`, `targets/metadata` and `scrape_pools` of the Prometheus API.
struct PrometheusTargetRoutes: Sendable {
    let status: @Sendable () -> ScrapeStatus

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/targets") { targets(try PrometheusParameters($0)) }
        add(&router, ["GET"], "/api/v1/targets/metadata") { try metadata(try PrometheusParameters($0)) }
        add(&router, ["GET"], "/api/v1/scrape_pools") { _ in
            let names = status().pools.map(\.name).sorted()
            return .prometheus { $0.object { $0.array("scrapePools") { array in for name in names { array.value(name) } } } }
        }
    }

    private func targets(_ parameters: PrometheusParameters) -> ServerResponse {
        let state = parameters.text("state").lowercased()
        let pool = parameters.text("scrapePool")
        let pools = status().pools.filter { pool.isEmpty || $0.name == pool }.sorted { $0.name < $1.name }
        return .prometheus { writer in
            writer.object { data in
                data.array("activeTargets") { array in
                    guard ["", "any", "active"].contains(state) else { return }
                    for pool in pools { for target in pool.active { array.object { Self.write(target, of: pool.name, to: &$0) } } }
                }
                let showsDropped = ["", "any", "dropped"].contains(state)
                data.array("droppedTargets") { array in
                    guard showsDropped else { return }
                    for pool in pools {
                        for labels in pool.dropped {
                            array.object { target in
                                target.key("discoveredLabels")
                                SampleJSON.write(labels, to: &target)
                                target.member("scrapePool", pool.name)
                            }
                        }
                    }
                }
                data.object("droppedTargetCounts") { counts in for pool in pools where showsDropped { counts.member(pool.name, pool.droppedCount) } }
            }
        }
    }

    private static func write(_ status: ScrapeTargetStatus, of pool: String, to object: inout JSONWriter) {
        object.key("discoveredLabels")
        SampleJSON.write(status.target.discoveredLabels, to: &object)
        object.key("labels")
        SampleJSON.write(status.target.labels, to: &object)
        object.member("scrapePool", pool)
        object.member("scrapeUrl", status.target.url)
        object.member("globalUrl", status.target.url)
        object.member("lastError", status.lastError)
        // Go's zero time, where nothing was scraped yet.
        object.member("lastScrape", status.lastScrape.map { Timestamp(microseconds: $0 * 1_000).iso8601 } ?? "0001-01-01T00:00:00Z")
        object.member("lastScrapeDuration", status.lastDurationSeconds)
        object.member("health", status.health.rawValue)
        object.member("scrapeInterval", Self.duration(status.target.interval))
        object.member("scrapeTimeout", Self.duration(status.target.timeout))
    }

    /// `15s`, `1m`, `100ms`
    private static func duration(_ milliseconds: Int64) -> String {
        if milliseconds % 1_000 != 0 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1_000
        return seconds % 3_600 == 0 ? "\(seconds / 3_600)h" : seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }

    private func metadata(_ parameters: PrometheusParameters) throws(PrometheusError) -> ServerResponse {
        let limit = try PrometheusSeriesRoutes.number(parameters, "limit")
        let metric = parameters.text("metric")
        let text = parameters.text("match_target")
        let matchers = text.isEmpty ? [] : try SeriesSelectorText.matchers(text, parameter: "match_target")
        let targets = status().pools.flatMap(\.active).filter { target in matchers.allSatisfy { $0.matches(target.target.labels) } }
        var left = limit
        return .prometheus { writer in
            writer.array { array in
                for target in targets {
                    for (name, family) in target.families.sorted(by: { $0.key < $1.key }) where (metric.isEmpty || name == metric) && left > 0 {
                        left -= 1
                        array.object { entry in
                            entry.key("target")
                            SampleJSON.write(target.target.labels, to: &entry)
                            if metric.isEmpty { entry.member("metric", name) }
                            family.write(to: &entry)
                        }
                    }
                }
            }
        }
    }
}
