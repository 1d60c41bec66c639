internal import GatewayModel
internal import Ingest

extension MetricsPage {
    /// Minutes that the completeness families look back: long enough that a logger's pause does not move them, short enough to alert on.
    private static let completenessMinutes: Int64 = 60

    func writeIngest(to text: inout PrometheusText) {
        writeDoors(to: &text)
        writeLedger(to: &text)
        guard let letters = services.collector.deadLetters?.statistics else { return }
        text.family("gatewatch_dead_letters_written_total", .counter, "Rejected documents written to the dead-letter file.", letters.written)
        text.family("gatewatch_dead_letters_dropped_total", .counter, "Rejected documents not written: queue full or write failed.", letters.dropped + letters.failed)
    }

    /// What came in by each door since the start.
    private func writeDoors(to text: inout PrometheusText) {
        let doors = services.collector.metrics.snapshot
        func perDoor(_ value: (IngestMetrics.Door) -> Double) -> [(labels: [(String, String)], value: Double)] {
            doors.map { ([("source", "\($0.door.name)")], value($0.counts)) }
        }
        text.family("gatewatch_ingest_events_total", .counter, "Documents received.", perDoor { Double($0.received) })
        text.family("gatewatch_ingest_stored_total", .counter, "Records made durable.", perDoor { Double($0.stored) })
        text.family("gatewatch_ingest_duplicates_total", .counter, "Documents dropped because the same record is there.", perDoor { Double($0.duplicates) })
        text.family("gatewatch_ingest_replaced_total", .counter, "Records that took the place of one with the same id.", perDoor { Double($0.replaced) })
        text.family("gatewatch_ingest_conflicts_total", .counter, "Documents refused because their id exists.", perDoor { Double($0.conflicts) })
        text.family("gatewatch_ingest_late_total", .counter, "Records that came later after their completion than ingest.late_seconds.", perDoor { Double($0.late) })
        text.family("gatewatch_ingest_bytes_total", .counter, "Bytes of request bodies with documents, decompressed.", perDoor { Double($0.bytes) })
        text.family(
            "gatewatch_ingest_rejected_total", .counter, "Documents rejected, by reason.",
            doors.flatMap { door in
                RejectionCode.allCases.map { code in
                    ([("source", "\(door.door.name)"), ("reason", code.name)], Double(door.counts.rejected[Int(code.rawValue)]))
                }
            })
        text.family(
            "gatewatch_ingest_field_rejected_total", .counter, "Values rejected while their record was kept, by field.",
            doors.flatMap { door in
                RequestField.allCases.filter { door.counts.rejectedFields[Int($0.rawValue)] > 0 }.map { field in
                    ([("source", "\(door.door.name)"), ("field", field.name)], Double(door.counts.rejectedFields[Int(field.rawValue)]))
                }
            })
        text.family("gatewatch_ingest_values_capped_total", .counter, "Values of dimensions replaced by _other.", perDoor { Double($0.cappedValues) })
        let values = services.collector.pipeline.knownValues.figures
        text.family(
            "gatewatch_ingest_field_values_capped_total", .counter, "Values of dimensions replaced by _other, by field.",
            values.map { ([("field", $0.field.name)], Double($0.refused)) })
        text.family(
            "gatewatch_ingest_field_values_known", .gauge, "Distinct values of dimensions that are kept as they are, by field.",
            values.map { ([("field", $0.field.name)], Double($0.known)) })
        text.family(
            "gatewatch_ingest_lag_seconds", .gauge, "Age of the newest record of the last body when it came.",
            doors.compactMap { door in door.counts.lagMicroseconds.map { ([("source", "\(door.door.name)")], Double($0) / 1e6) } })
    }

    /// What the completeness ledger says, by its own sources: the doors, and at the Elasticsearch door the gateway's kind.
    private func writeLedger(to text: inout PrometheusText) {
        let ledger = services.collector.ledger
        let totals = ledger.totals
        text.family(
            "gatewatch_ingest_refused_total", .counter, "Requests with documents turned away as a whole, by reason.",
            totals.flatMap { entry in
                RefusalReason.allCases.filter { entry.cell.refused.indices.contains(Int($0.rawValue)) }.map {
                    ([("source", entry.source.name), ("reason", $0.name)], Double(entry.cell.refused[Int($0.rawValue)]))
                }
            })
        text.family(
            "gatewatch_ingest_refused_bytes_total", .counter, "Bytes of requests turned away as a whole, as far as they are known.",
            totals.map { ([("source", $0.source.name)], Double($0.cell.refusedBytes)) })
        text.family(
            "gatewatch_ingest_expected_total", .counter, "Requests that the gateway itself says completed.",
            totals.compactMap { entry in entry.cell.expected.map { ([("source", entry.source.name)], Double($0)) } })
        let now = Timestamp.now()
        let report = ledger.report(TimeRange(from: Timestamp(microseconds: now.microseconds - Self.completenessMinutes * 60_000_000), to: now))
        text.family(
            "gatewatch_ingest_completeness_ratio", .gauge, "Of the last hour: what of the expected, or else of the received documents, is here.",
            report.sources.compactMap { source in source.total.completeness.map { ([("source", source.source.name)], $0) } })
        text.family(
            "gatewatch_ingest_lag_seconds_max", .gauge, "The longest time from completion to reception in the last hour.",
            report.sources.compactMap { source in source.total.cell.lag.most.map { ([("source", source.source.name)], Double($0) / 1e6) } })
        text.family(
            "gatewatch_ingest_behind_seconds", .gauge, "Age of the newest record of each source that sent in the last hour.",
            report.sources.compactMap { source in
                source.newest.map { ([("source", source.source.name)], Double(max(0, now.microseconds - $0.microseconds)) / 1e6) }
            })
        text.family("gatewatch_ledger_writable", .gauge, "1 while the completeness ledger can be written.", ledger.isWritable ? 1 : 0)
        text.family("gatewatch_ledger_writes_failed_total", .counter, "Writes of the completeness ledger that failed.", ledger.failedWrites)
    }
}
