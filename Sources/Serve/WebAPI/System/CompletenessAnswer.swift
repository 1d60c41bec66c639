internal import ByteCoding
internal import GatewayModel
internal import Ingest
internal import RequestQuery

/// A completeness report as JSON, with what it means in sentences. The form is in `docs/reference/http-api.md`.
struct CompletenessAnswer {
    let report: CompletenessReport
    let buckets: TimeBuckets?

    func write(to writer: inout JSONWriter) {
        writer.object { answer in
            answer.member("from", report.range.from.iso8601)
            answer.member("to", report.range.to.iso8601)
            answer.member("now", report.now.iso8601)
            answer.member("settled_to", report.settledTo.iso8601)
            if let seconds = buckets?.everySeconds { answer.member("every_seconds", seconds) } else { answer.nullMember("every_seconds") }
            answer.object("total") { total in
                write(report.total, to: &total)
                total.member("seconds_behind", report.sources.compactMap { $0.newest }.max().map(behind))
            }
            answer.array("sources") { for source in report.sources { write(source, to: &$0) } }
            if let buckets { answer.array("buckets") { write(buckets, to: &$0) } }
            answer.array("notes") { array in
                for note in report.ledgerNotes { array.value(note) }
                for source in report.sources { for note in notes(source) { array.value(note) } }
            }
        }
    }

    private func write(_ source: CompletenessReport.Source, to writer: inout JSONWriter) {
        writer.object { entry in
            entry.member("source", source.source.name)
            write(source.total, to: &entry)
            entry.member("newest", source.newest?.iso8601)
            entry.member("seconds_behind", source.newest.map(behind))
            entry.array("notes") { for note in notes(source) { $0.value(note) } }
        }
    }

    /// One element for each bucket in which a source had anything, by time and source.
    private func write(_ buckets: TimeBuckets, to writer: inout JSONWriter) {
        for (index, start) in buckets.edges.dropLast().enumerated() {
            for source in report.sources where source.buckets.indices.contains(index) && !source.buckets[index].cell.isEmpty {
                writer.object { entry in
                    entry.member("time", start.microseconds / 1_000)
                    entry.member("source", source.source.name)
                    write(source.buckets[index], to: &entry)
                }
            }
        }
    }

    private func write(_ figures: CompletenessReport.Figures, to writer: inout JSONWriter) {
        let cell = figures.cell
        writer.member("completeness", figures.completeness)
        if let expected = figures.expected { writer.member("expected", expected) } else { writer.nullMember("expected") }
        if figures.expected != nil { writer.member("arrived", figures.arrived) } else { writer.nullMember("arrived") }
        writer.member("received", cell.received)
        writer.member("stored", cell.stored)
        writer.member("duplicate", cell.duplicates)
        writer.member("conflict", cell.conflicts)
        writer.member("replaced", cell.replaced)
        writer.member("rejected", cell.rejectedTotal)
        Self.write("rejected_by_reason", cell.rejected, RejectionCode.allCases.map(\.name), to: &writer)
        writer.member("late", cell.late)
        writer.member("capped_values", cell.cappedValues)
        writer.member("refused_requests", cell.refusedTotal)
        Self.write("refused_by_reason", cell.refused, RefusalReason.allCases.map(\.name), to: &writer)
        writer.member("refused_bytes", cell.refusedBytes)
        writer.member("requests", cell.requests)
        writer.member("bytes", cell.bytes)
        writer.member("lag_min", cell.lag.least.map { Double($0) / 1e6 })
        writer.member("lag_p50", cell.lag.quantile(0.5).map { ($0 / 1e3).rounded() / 1e3 })
        writer.member("lag_max", cell.lag.most.map { Double($0) / 1e6 })
    }

    private static func write(_ name: String, _ counts: [Int64], _ names: [String], to writer: inout JSONWriter) {
        writer.object(name) { for (name, count) in zip(names, counts) where count > 0 { $0.member(name, count) } }
    }

    private func behind(_ newest: Timestamp) -> Double {
        (Double(max(0, report.now.microseconds - newest.microseconds)) / 1e5).rounded() / 10
    }

    // MARK: Sentences

    private func notes(_ source: CompletenessReport.Source) -> [String] {
        let (name, total, cell) = (source.source.name, source.total, source.total.cell)
        var notes: [String] = []
        if let expected = total.expected, expected > total.arrived {
            notes.append("\(name): \(expected - total.arrived) of \(expected) requests that the gateway counted are not here.")
        }
        if cell.rejectedTotal > 0 {
            let reasons = zip(RejectionCode.allCases, cell.rejected).filter { $1 > 0 }.sorted { $0.1 > $1.1 }.map { "\($0.name) \($1)" }.joined(separator: ", ")
            notes.append("\(name): \(cell.rejectedTotal) of \(cell.received) documents were rejected (\(reasons)); the dead-letter file has them.")
        }
        if cell.refusedTotal > 0 {
            let reasons = zip(RefusalReason.allCases, cell.refused).filter { $1 > 0 }.map { "\($0.name) \($1)" }.joined(separator: ", ")
            notes.append("\(name): \(cell.refusedTotal) requests were refused (\(reasons)); what they held and was not sent again is missing.")
        }
        if cell.late > 0 { notes.append("\(name): \(cell.late) records came late, the latest \(Int64((Double(cell.lag.most ?? 0) / 1e6).rounded())) s after it completed.") }
        if cell.cappedValues > 0 { notes.append("\(name): \(cell.cappedValues) values were beyond the limit of distinct values and became _other.") }
        if let trouble = source.trouble { notes.append("\(name): \(trouble)") }
        return notes
    }
}
