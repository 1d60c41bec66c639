internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOHTTP1

/// `/health`, `/ready`, `/metrics`, `/api/v1/status` and `/api/v1/prices`.
struct StatusRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        // Open to everyone: orchestrators ask without credentials, and the answers tell nothing.
        router.on("GET", "/health", execution: .eventLoop) { _ in health() }
        router.on("GET", "/ready", execution: .eventLoop) { _ in ready() }
        add(&router, ["GET"], "/metrics") { try await MetricsPage(services: services).answer($0) }
        add(&router, ["GET"], "/api/v1/status") { _ in status() }
        add(&router, ["GET"], "/api/v1/prices") { _ in prices() }
    }

    private func health() -> ServerResponse {
        .json { writer in
            writer.object {
                $0.member("status", "healthy")
                $0.member("service", "gatewatch")
                $0.member("version", services.identity.version)
            }
        }
    }

    private func ready() -> ServerResponse {
        let reason = services.reader.statistics.unwritableReason
        return .json(status: reason == nil ? .ok : .serviceUnavailable) { writer in
            writer.object {
                $0.member("ready", reason == nil)
                $0.member("reason", reason)
            }
        }
    }

    private func status() -> ServerResponse {
        let statistics = services.reader.statistics
        let now = Timestamp.now()
        return .json { writer in
            writer.object { status in
                status.member("version", services.identity.version)
                status.member("started", services.identity.started.iso8601)
                status.member("uptime_seconds", Double(now.microseconds - services.identity.started.microseconds) / 1e6)
                status.member("demo", services.identity.isDemo)
                status.object("store") { store in
                    store.member("records", statistics.records)
                    store.member("bytes", statistics.bytes)
                    store.member("parts", statistics.parts)
                    store.member("oldest", statistics.oldest?.iso8601)
                    store.member("newest", statistics.newest?.iso8601)
                    store.member("retention_days", statistics.retentionDays)
                    store.member("writable", statistics.unwritableReason == nil)
                    store.member("reason", statistics.unwritableReason)
                    store.member("disk_bytes_max", statistics.diskBytesMax)
                    store.member("dropped_by_budget", statistics.droppedByBudget)
                    store.member("clock_doubted", statistics.isClockDoubted)
                    store.object("merging") { Self.write(statistics.merging, to: &$0) }
                }
                status.array("sources") { sources in
                    for (door, counts) in services.collector.metrics.snapshot where counts.received > 0 {
                        sources.object { source in
                            source.member("source", "\(door.name)")
                            source.member("received", counts.received)
                            source.member("stored", counts.stored)
                            source.member("rejected", counts.rejectedTotal + counts.conflicts)
                            source.member("last_received", counts.lastReceived?.iso8601)
                            source.member("lag_seconds", counts.lagMicroseconds.map { Double($0) / 1e6 })
                        }
                    }
                }
                status.object("prices") {
                    $0.member("models", services.priceBook.entries.count)
                    $0.member("as_of", services.priceBook.asOf.map { String($0.iso8601.prefix(10)) })
                }
            }
        }
    }

    private static func write(_ merging: MergeStatistics, to writer: inout JSONWriter) {
        writer.member("days", merging.days)
        writer.member("parts_per_day_max", merging.partsPerDayMax)
        writer.member("merges", merging.merges)
        writer.member("bytes_flushed", merging.bytesFlushed)
        writer.member("bytes_merged", merging.bytesMerged)
        writer.member("write_amplification", (merging.writeAmplification * 100).rounded() / 100)
        writer.member("write_amplification_max", merging.writesMax)
        writer.member("backlog_parts", merging.backlogParts)
        writer.member("backlog_bytes", merging.backlogBytes)
        writer.member("unreadable_parts", merging.unreadableParts)
        writer.member("failure", merging.failure)
    }

    private func prices() -> ServerResponse {
        .json { writer in
            writer.object { answer in
                answer.member("as_of", services.priceBook.asOf.map { String($0.iso8601.prefix(10)) })
                answer.member("unit", "USD per million tokens")
                answer.array("models") { models in
                    for (entry, price) in zip(services.priceBook.entries, services.priceBook.prices) {
                        models.object { model in
                            model.member("provider", entry.provider)
                            model.member("model", entry.model)
                            model.member("valid_from", entry.from.map { String($0.iso8601.prefix(10)) })
                            Self.write(price, to: &model)
                        }
                    }
                }
            }
        }
    }

    /// Rates are picodollars a token, which is the same number as micro-dollars a million tokens.
    private static func write(_ price: ModelPrice, to writer: inout JSONWriter) {
        for (name, rate) in [("input", price.standard.input), ("output", price.standard.output), ("cached_input", price.standard.cacheRead), ("cache_write", price.standard.cacheWrite)] {
            writer.member(name, rate == absentInteger ? nil : Double(rate) / 1e6)
        }
    }
}
