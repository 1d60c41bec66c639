import ByteCoding
import GatewayModel

/// A series of a remote write request, as a sender builds it.
struct SentSeries {
    var labels: [(String, String)]
    var samples: [(value: Double, time: Int64)] = []
    var exemplars: [Exemplar] = []
    var histograms: [(inout ProtobufWriter) -> Void] = []

    /// As a `TimeSeries` message. Zero values are left out, as the wire format has it.
    func write(_ writer: inout ProtobufWriter) {
        for label in labels { writer.message(1) { Self.write(label, &$0) } }
        for sample in samples {
            writer.message(2) {
                if sample.value.bitPattern != 0 { $0.double(1, sample.value) }
                if sample.time != 0 { $0.int64(2, sample.time) }
            }
        }
        for exemplar in exemplars {
            writer.message(3) { message in
                for label in exemplar.labels.labels { message.message(1) { Self.write((label.name, label.value), &$0) } }
                message.double(2, exemplar.value)
                message.int64(3, exemplar.time)
            }
        }
        for histogram in histograms { writer.message(4, histogram) }
    }

    private static func write(_ label: (String, String), _ writer: inout ProtobufWriter) {
        if !label.0.isEmpty { writer.string(1, label.0) }
        if !label.1.isEmpty { writer.string(2, label.1) }
    }
}

func writeRequest(_ series: [SentSeries], _ more: (inout ProtobufWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = ProtobufWriter()
    for one in series { writer.message(1) { one.write(&$0) } }
    more(&writer)
    return writer.bytes
}

/// The samples of a batch by series, as the writer would keep them.
func samples(of batch: SampleBatch) -> [(SeriesLabels?, [(Int64, Double)])] {
    batch.series.indices.map { index in
        (SeriesKey.labels(of: Array(batch.keys[batch.keyRange(index)])), batch.sampleRange(index).map { (batch.times[$0], batch.values[$0]) })
    }
}

/// The same as text, for comparisons.
func lines(of batch: SampleBatch) -> [String] {
    samples(of: batch).flatMap { labels, samples in
        let name = labels.map { $0.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",") } ?? "broken key"
        return samples.isEmpty ? [name] : samples.map { time, value in "\(name) \(SampleColumns.isStale(value) ? "stale" : "\(value)") @\(time)" }
    }
}
