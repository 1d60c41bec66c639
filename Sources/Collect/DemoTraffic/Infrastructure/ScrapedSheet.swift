internal import Glibc
package import GatewayModel

/// Samples of made-up scrapes: rows in, a batch of columns out.
///
/// A target writes its samples in the same order at every scrape; the place in that order is the series, whose labels are put together at its first scrape only.
struct ScrapedSheet {
    /// Of each series: its key, what it stood at where it counts, and how its samples are kept.
    private struct Series {
        let key: [UInt8]
        var total = 0.0
        var wasThere = false
        var reference = SeriesReference.none
        var values: [Double] = []
    }

    /// Marks a sample that is not there; never written.
    private static let absent = Double.nan

    private var series: [Series] = []
    private var metadata: [String: MetricMetadata] = [:]
    private var newMetadata: [SampleBatch.FamilyMetadata] = []
    private var times: [Int64] = []
    private var position = 0
    private var target: [SeriesLabel] = []
    private var isUp = true

    /// Scrapes in the sheet.
    var rows: Int { times.count }
    var seriesCount: Int { series.count }

    /// Begins the scrapes of an instant.
    /// - Parameter time: milliseconds since 1970, ascending.
    mutating func beginRow(_ time: Int64) {
        times.append(time)
        position = 0
    }

    /// Begins the samples of a target. One that is down has `up` 0 and no others; one that was restarted counts from 0.
    mutating func scrape(job: String, instance: String, isUp: Bool = true) {
        target = position < series.count ? [] : [SeriesLabel("job", job), SeriesLabel("instance", instance)]
        self.isUp = true
        gauge("up", value: isUp ? 1 : 0)
        self.isUp = isUp
    }

    /// - Parameter value: not a number where the series is not there.
    mutating func gauge(_ name: String, _ labels: @autoclosure () -> [(String, String)] = [], value: Double, help: @autoclosure () -> String = "") {
        write(name, .gauge, labels(), help()) { _ in value }
    }

    /// - Parameter increase: since the scrape before; whole numbers for what is counted.
    mutating func counter(_ name: String, _ labels: @autoclosure () -> [(String, String)] = [], increase: Double, help: @autoclosure () -> String = "") {
        write(name, .counter, labels(), help()) { total in
            total += max(increase, 0)
            return total
        }
    }

    /// A histogram of log-normal values.
    ///
    /// - Parameters:
    ///   - count: values since the scrape before.
    ///   - median: in the unit of the limits.
    ///   - spread: the standard deviation of the logarithm.
    mutating func histogram(
        _ name: String, _ labels: @autoclosure () -> [(String, String)], limits: [Double], count: Double, median: Double, spread: Double, help: @autoclosure () -> String = ""
    ) {
        let center = log(median)
        for limit in limits + [.infinity] {
            let share = limit.isInfinite ? 1 : 0.5 * erfc((center - log(limit)) / (spread * 2.0.squareRoot()))
            write(name, suffix: "_bucket", .histogram, labels() + [("le", ExpositionWriter.limitText(limit))], help()) { total in
                total += count * share
                return total.rounded(.down)
            }
        }
        let mean = exp(center + spread * spread / 2)
        write(name, suffix: "_sum", .histogram, labels(), "") { total in
            total += count * mean
            return total
        }
        write(name, suffix: "_count", .histogram, labels(), "") { total in
            total += count
            return total.rounded(.down)
        }
    }

    /// Labels and texts are closures, since they are needed once and not for each of millions of samples.
    /// - Parameter value: changes what the series stands at and says what is exposed.
    private mutating func write(
        _ family: String, suffix: String = "", _ kind: MetricMetadata.Kind, _ labels: @autoclosure () -> [(String, String)], _ help: @autoclosure () -> String,
        _ value: (inout Double) -> Double
    ) {
        if position == series.count { addSeries(family, suffix, kind, labels(), help()) }
        if isUp {
            let written = value(&series[position].total)
            series[position].values.append(written)
        } else {
            series[position].total = 0
            series[position].values.append(Self.absent)
        }
        position += 1
    }

    private mutating func addSeries(_ family: String, _ suffix: String, _ kind: MetricMetadata.Kind, _ labels: [(String, String)], _ help: String) {
        let all = target + [SeriesLabel(SeriesLabels.metricName, family + suffix)] + labels.map { SeriesLabel($0.0, $0.1) }
        var added = Series(key: SeriesKey.bytes(of: SeriesLabels(all)))
        added.values = Array(repeating: Self.absent, count: times.count - 1)
        series.append(added)
        guard metadata[family] == nil else { return }
        let described = MetricMetadata(kind, help: help)
        metadata[family] = described
        newMetadata.append(SampleBatch.FamilyMetadata(family: family, metadata: described))
    }

    /// Everything written since the last batch; the sheet goes on empty. Where a series ended it has its mark.
    /// - Parameter isImport: whether the samples are of the past.
    mutating func takeBatch(isImport: Bool) -> SampleBatch {
        var batch = SampleBatch()
        batch.isImport = isImport
        batch.metadata = newMetadata
        newMetadata = []
        batch.times.reserveCapacity(times.count * series.count)
        batch.values.reserveCapacity(times.count * series.count)
        for index in series.indices {
            batch.beginSeries(series[index].reference)
            batch.keys.append(contentsOf: series[index].key)
            for (row, value) in series[index].values.enumerated() {
                if !value.isNaN {
                    batch.append(times[row], value)
                } else if series[index].wasThere {
                    batch.append(times[row], SampleColumns.staleMarker)
                }
                series[index].wasThere = !value.isNaN
            }
            batch.endSeries()
            series[index].values.removeAll(keepingCapacity: true)
        }
        times.removeAll(keepingCapacity: true)
        return batch
    }

    /// Keeps the numbers that the writer gave the series of the last batch.
    mutating func learn(_ references: [SeriesReference]) {
        guard references.count == series.count else { return }
        for (index, reference) in references.enumerated() { series[index].reference = reference }
    }
}
