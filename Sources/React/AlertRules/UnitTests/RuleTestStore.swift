internal import GatewayModel
internal import PromQL

/// The series of one test: those that are given, which come with the time, and those that rules write.
///
/// Like Prometheus's storage, it refuses a sample at a time for which another value is there, and one older than its series' last.
struct RuleTestStore {
    let samples = SampleStore()
    private var pending: [(labels: SeriesLabels, samples: SampleColumns, next: Int)] = []
    private var last: [SeriesLabels: (time: Int64, value: UInt64)] = [:]

    /// - Throws: at the first series that cannot be read.
    init(_ test: RuleTest) throws(RuleTestFailure) {
        var columns: [SeriesLabels: SampleColumns] = [:]
        for (index, input) in test.series.enumerated() {
            let series: NotatedSeries
            do throws(SeriesNotationError) { series = try NotatedSeries("\(input.series) \(input.values)") } catch {
                let place = input.place.map { "\($0.line):\($0.column): " } ?? ""
                throw RuleTestFailure("\(place)input series \(index + 1) (\(input.series)): \(error.message) at character \(error.offset + 1)")
            }
            // Of a series that is given twice the second counts.
            columns[series.labels] = SampleColumns(series.values, start: test.start, step: test.interval)
        }
        pending = columns.sorted { $0.key < $1.key }.map { ($0.key, $0.value, 0) }
    }

    /// Loads what the given series have up to a time.
    mutating func load(through time: Int64) {
        for index in pending.indices {
            let (labels, all, first) = pending[index]
            var end = first
            while end < all.count, all.times[end] <= time { end += 1 }
            guard end > first else { continue }
            var part = SampleColumns()
            for sample in first..<end { part.append(all, sample) }
            samples.append(labels, part)
            last[labels] = (all.times[end - 1], all.values[end - 1].bitPattern)
            pending[index].next = end
        }
    }

    /// Keeps what rules write.
    mutating func append(_ batch: SampleBatch) -> SampleReceipt {
        var receipt = SampleReceipt()
        var histograms = batch.histograms[...]
        for index in batch.series.indices {
            guard let labels = SeriesKey.labels(of: Array(batch.keys[batch.keyRange(index)])) else {
                receipt.references.append(.none)
                continue
            }
            var kept = SampleColumns()
            var refusal: SampleRefusal?
            for sample in batch.sampleRange(index) {
                let histogram = histograms.first?.sample == sample ? histograms.removeFirst().histogram : nil
                refusal = refusal ?? refused(labels, batch.times[sample], batch.values[sample], isHistogram: histogram != nil)
                if refusal != nil { continue }
                if let histogram { kept.append(batch.times[sample], histogram) } else { kept.append(batch.times[sample], batch.values[sample]) }
                last[labels] = (batch.times[sample], batch.values[sample].bitPattern)
            }
            if kept.count > 0 { samples.append(labels, kept) }
            if let refusal { receipt.refused.append(SampleReceipt.Refused(refusal, samples: 1, series: labels.goText, time: nil)) }
            receipt.references.append(refusal == nil ? SeriesReference(UInt64(index) + 1) : .none)
            receipt.stored += kept.count
        }
        return receipt
    }

    private func refused(_ labels: SeriesLabels, _ time: Int64, _ value: Double, isHistogram: Bool) -> SampleRefusal? {
        guard let last = last[labels], time <= last.time else { return nil }
        if time < last.time { return .outOfOrder }
        return isHistogram || value.bitPattern != last.value ? .duplicate : nil
    }
}

/// Why a test fails: as many lines as it takes.
package struct RuleTestFailure: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

extension SampleColumns {
    fileprivate init(_ values: [NotatedValue], start: Int64, step: Int64) {
        self.init()
        for (index, value) in values.enumerated() {
            let time = start + Int64(index) * step
            switch value {
            case .missing: break
            case .number(let number): append(time, number)
            case .histogram(let histogram, _): append(time, histogram)
            }
        }
    }

    fileprivate mutating func append(_ other: SampleColumns, _ index: Int) {
        if !other.histograms.isEmpty, let histogram = other.histograms[index] {
            append(other.times[index], histogram)
        } else {
            append(other.times[index], other.values[index])
        }
    }
}

extension SeriesLabels {
    /// As Go's Prometheus prints labels: `{__name__="up", job="api"}`.
    var goText: String {
        "{" + labels.map { "\(RuleFileReader.NameScheme.legacy.isLabelName($0.name) ? $0.name : $0.name.goQuoted)=\($0.value.goQuoted)" }.joined(separator: ", ") + "}"
    }
}
