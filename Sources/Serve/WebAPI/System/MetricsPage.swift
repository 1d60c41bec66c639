internal import Dispatch
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOHTTP1
internal import RequestMetrics
internal import RequestQuery

/// Gatewatch's own counters, and all metric families over the records, as Prometheus reads them.
struct MetricsPage {
    let services: WebServices

    /// Pages are written here, one after the other, so that they never wait for queries and never occupy a thread that serves.
    static let queue = DispatchQueue(label: "gatewatch.metrics", qos: .userInitiated)

    /// The page in the format that the asker takes.
    func answer(_ request: ServerRequest) async throws -> ServerResponse {
        let format = ExpositionFormat(accept: request.headers.first(name: "Accept"))
        let routing: AlertmanagerMetrics? = if let router = services.alerts.router { await AlertmanagerMetrics(router) } else { nil }
        return try await Self.written(format) { text in
            writeOwn(to: &text)
            routing?.write(to: &text)
            try services.metrics?.write(to: &text.writer)
        }
    }

    /// The answer with what `body` writes.
    static func written(_ format: ExpositionFormat, _ body: @escaping @Sendable (inout PrometheusText) throws -> Void) async throws -> ServerResponse {
        ServerResponse(contentType: format.contentType, body: .bytes(try await text(format, body)))
    }

    /// What `body` writes.
    static func text(_ format: ExpositionFormat, _ body: @escaping @Sendable (inout PrometheusText) throws -> Void) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result {
                    var text = PrometheusText(format)
                    try body(&text)
                    return text.writer.finish()
                })
            }
        }
    }

    /// What the program says of itself.
    func writeOwn(to text: inout PrometheusText) {
        writeBuild(to: &text)
        writeIngest(to: &text)
        writeStore(to: &text)
        writeQueries(to: &text)
        writeTransport(to: &text)
        writeMarketplace(to: &text)
        writeAlerting(to: &text)
        writeDeliveries(to: &text)
    }

    private func writeBuild(to text: inout PrometheusText) {
        text.family("gatewatch_build_info", .gauge, "The program's version.", [([("version", services.identity.version)], 1)])
        text.family("gatewatch_start_time_seconds", .gauge, "Start of the process, seconds since 1970.", services.identity.started.seconds)
    }

    private func writeStore(to text: inout PrometheusText) {
        let statistics = services.reader.statistics
        text.family("gatewatch_store_records", .gauge, "Records kept.", statistics.records)
        text.family("gatewatch_store_records_in_memory", .gauge, "Records that are in the write-ahead log and in memory, not yet in parts.", statistics.recordsInMemory)
        text.family("gatewatch_store_bytes", .gauge, "Bytes on disk, write-ahead log included.", statistics.bytes)
        text.family("gatewatch_store_wal_bytes", .gauge, "Bytes of write-ahead log.", statistics.writeAheadLogBytes)
        text.family("gatewatch_store_parts", .gauge, "Part files.", statistics.parts)
        text.family("gatewatch_store_writable", .gauge, "1 while writes are accepted.", statistics.unwritableReason == nil ? 1 : 0)
        text.family("gatewatch_store_batches_total", .counter, "Batches made durable.", statistics.batches)
        text.family("gatewatch_store_syncs_total", .counter, "Synchronisations of the write-ahead log to disk.", statistics.syncs)
        text.family("gatewatch_store_flushes_total", .counter, "Flushes from memory to parts.", statistics.flushes)
        text.family("gatewatch_store_flushes_failed_total", .counter, "Flushes that failed and are tried again.", statistics.flushFailures)
        if let space = statistics.diskSpace {
            text.family("gatewatch_disk_free_bytes", .gauge, "Bytes free on the disk of the data folder.", space.free)
            text.family("gatewatch_disk_size_bytes", .gauge, "Bytes of the disk of the data folder.", space.total)
        }
        let series = services.series.storeStatus(0)
        text.family("gatewatch_series_kept", .gauge, "Series of which samples are kept.", series.series)
        text.family("gatewatch_series_corruptions", .gauge, "Pieces of the samples' store that could not be read since the start.", series.corruptions)
        text.family("gatewatch_store_disk_bytes_max", .gauge, "The disk budget; 0 for none.", statistics.diskBytesMax)
        text.family("gatewatch_store_dropped_by_budget_total", .counter, "Records dropped because the disk budget was used up.", statistics.droppedByBudget)
        text.family("gatewatch_store_clock_doubted", .gauge, "1 while the clock is far ahead of the records and drops nothing.", statistics.isClockDoubted ? 1 : 0)
        text.family("gatewatch_store_hidden_records", .gauge, "Deleted and replaced records that wait to be merged away.", statistics.hiddenRecords)
        text.family("gatewatch_store_message_keys", .gauge, "Messages whose repetition would be known.", statistics.messageKeys)
        text.family("gatewatch_store_message_keys_forgotten_total", .counter, "Messages forgotten before their time because there were too many.", statistics.messageKeysForgotten)
        writeMerges(statistics.merging, to: &text)
        text.family("gatewatch_store_retention_seconds", .gauge, "Age at which single records are dropped.", statistics.retentionDays * 86_400)
        if let newest = statistics.newest { text.family("gatewatch_store_newest_record_seconds", .gauge, "Completion time of the newest record.", newest.seconds) }
    }

    private func writeMerges(_ merging: MergeStatistics, to text: inout PrometheusText) {
        text.family("gatewatch_store_partitions", .gauge, "UTC days that have part files.", merging.days)
        text.family("gatewatch_store_parts_per_day_max", .gauge, "The most part files of one day.", merging.partsPerDayMax)
        text.family("gatewatch_store_merges_total", .counter, "Merges of part files done.", merging.merges)
        text.family("gatewatch_store_merges_failed_total", .counter, "Merges that failed and are tried again.", merging.failures)
        text.family("gatewatch_store_flushed_bytes_total", .counter, "Bytes of part files written from memory.", merging.bytesFlushed)
        text.family("gatewatch_store_merged_bytes_total", .counter, "Bytes of part files written by merges.", merging.bytesMerged)
        text.family("gatewatch_store_merge_backlog_parts", .gauge, "Part files whose merge is due.", merging.backlogParts)
        text.family("gatewatch_store_merge_backlog_bytes", .gauge, "Bytes of part files whose merge is due.", merging.backlogBytes)
        text.family("gatewatch_store_parts_unreadable", .gauge, "Part files that cannot be read whole and are left out of merges.", merging.unreadableParts)
    }

    private func writeQueries(to text: inout PrometheusText) {
        let queries = services.queries.counters
        text.summary("gatewatch_query_duration_seconds", "Queries finished and the seconds spent in them.", sum: queries.secondsTotal, count: queries.finished)
        text.family("gatewatch_query_duration_seconds_max", .gauge, "The longest query since the start.", queries.secondsMax)
        text.family("gatewatch_query_failed_total", .counter, "Queries that ended in an error.", queries.failed)
        text.family("gatewatch_query_refused_total", .counter, "Queries turned away because too many waited.", queries.refused)
        text.family("gatewatch_query_running", .gauge, "Queries that run.", queries.running)
        text.family("gatewatch_query_waiting", .gauge, "Queries that wait for their turn.", queries.waiting)
        let cache = services.queries.cacheStatistics
        text.family("gatewatch_query_cache_bytes", .gauge, "Memory of findings kept for later queries.", cache.bytes)
        text.family("gatewatch_query_cache_entries", .gauge, "Findings kept for later queries.", cache.entries)
        text.family("gatewatch_query_cache_hits_total", .counter, "Stretches of records whose finding was known.", cache.hits)
        text.family("gatewatch_query_cache_misses_total", .counter, "Stretches of records that had to be read although their finding could be kept.", cache.misses)
    }

    private func writeTransport(to text: inout PrometheusText) {
        let counters = services.transportCounters()
        text.family("gatewatch_http_connections_open", .gauge, "Open connections.", counters.connectionsOpen)
        text.family("gatewatch_http_connections_total", .counter, "Connections accepted.", counters.connectionsTotal)
        text.family(
            "gatewatch_http_responses_total", .counter, "Responses, by status class.",
            counters.responsesByClass.enumerated().map { ([("class", "\($0.offset + 1)xx")], Double($0.element)) })
        text.family("gatewatch_http_requests_in_flight", .gauge, "Requests with their handlers.", counters.requestsInFlight)
        text.family("gatewatch_http_received_bytes_total", .counter, "Bytes received.", counters.bytesIn)
        text.family("gatewatch_http_sent_bytes_total", .counter, "Bytes sent.", counters.bytesOut)
        text.family(
            "gatewatch_http_rejected_total", .counter, "Requests refused before a handler saw them, by reason.",
            counters.rejections.sorted { $0.key.rawValue < $1.key.rawValue }.map { ([("reason", $0.key.rawValue)], Double($0.value)) })
    }
}
