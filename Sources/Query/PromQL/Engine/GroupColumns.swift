internal import Foundation
internal import GatewayModel

/// One group of a ``GroupFold``.
///
/// Source of the formulas: prometheus/prometheus `promql/engine.go`, `aggregation`; for joining variances Chan, Golub and LeVeque,
/// "Algorithms for computing the sample variance", 1983.
struct GroupColumns: Sendable {
    /// Sum, least, greatest, or sum of squared differences; ``StepRow/absent`` where there is nothing yet. Where the mean is moved, the mean.
    private var values: [Double]
    /// What rounding loses of sums; the mean for variances.
    private var others: [Double] = []
    private var counts: [Double] = []
    /// Instants at which the average is a moved mean; empty when there is none.
    private var movesMean: [Bool] = []
    private var histograms: [HistogramCell?] = []
    private(set) var dropsName = false

    /// Histograms of a group at one instant.
    fileprivate enum HistogramCell: Sendable {
        case sum(HistogramSum)
        case mean(HistogramMean)
        /// Exponential and custom buckets came together.
        case incompatible
    }

    init(_ operation: AggregationOperator, steps: Int) {
        values = Array(repeating: StepRow.absent, count: steps)
        switch operation {
        case .sum: others = Array(repeating: 0, count: steps)
        case .avg, .stddev, .stdvar:
            others = Array(repeating: 0, count: steps)
            counts = Array(repeating: 0, count: steps)
        default: break
        }
    }

    var bytes: Int { 8 * (values.count + others.count + counts.count) + 64 * histograms.count }

    // MARK: Adding rows

    mutating func add(_ row: StepRow, _ operation: AggregationOperator, _ place: SourceRange, _ notes: inout QueryNotes) {
        if row.dropsName { dropsName = true }
        if row.hasHistograms { addHistograms(row, operation, place, &notes) }
        switch operation {
        case .sum: Self.addSums(&values, &others, row.values)
        case .avg: addToMeans(row.values)
        case .count: Self.fold(&values, row.values, first: { _ in 1 }) { count, _ in count + 1 }
        case .group: Self.fold(&values, row.values, first: { _ in 1 }) { one, _ in one }
        case .min: Self.fold(&values, row.values, first: { $0 }) { least, value in least > value || least.isNaN ? value : least }
        case .max: Self.fold(&values, row.values, first: { $0 }) { most, value in most < value || most.isNaN ? value : most }
        case .stddev, .stdvar: addToVariances(row.values)
        case .topk, .bottomk, .quantile, .limitk, .countValues, .limitRatio: break
        }
    }

    @inline(__always)
    private static func fold(_ values: inout [Double], _ row: [Double], first: (Double) -> Double, next: (Double, Double) -> Double) {
        var values = values.mutableSpan
        let row = row.span
        for step in 0..<min(values.count, row.count) where !StepRow.isAbsent(row[step]) {
            values[step] = StepRow.isAbsent(values[step]) ? first(row[step]) : next(values[step], row[step])
        }
    }

    private static func addSums(_ sums: inout [Double], _ compensations: inout [Double], _ row: [Double]) {
        var sums = sums.mutableSpan, compensations = compensations.mutableSpan
        let row = row.span
        for step in 0..<min(sums.count, row.count) {
            let value = row[step]
            if StepRow.isAbsent(value) { continue }
            if StepRow.isAbsent(sums[step]) {
                sums[step] = value
            } else {
                var sum = CompensatedSum(sums[step], lost: compensations[step])
                sum.add(value)
                sums[step] = sum.sum
                compensations[step] = sum.lost
            }
        }
    }

    private mutating func addToMeans(_ row: [Double]) {
        for step in values.indices where !StepRow.isAbsent(row[step]) {
            let value = row[step]
            counts[step] += 1
            if counts[step] == 1 {
                values[step] = value
                continue
            }
            addToMean(step, sum: value, compensation: 0, count: 1)
        }
    }

    /// Adds a sum of so many values to the average at an instant; `counts` has them already.
    private mutating func addToMean(_ step: Int, sum: Double, compensation: Double, count: Double) {
        if movesMean.isEmpty || !movesMean[step] {
            var next = CompensatedSum(values[step], lost: others[step])
            next.add(sum)
            if !next.sum.isInfinite {
                values[step] = next.sum
                others[step] = next.lost + compensation
                return
            }
            moveMean(step, count: counts[step] - count)
        }
        let share = (counts[step] - count) / counts[step]
        var mean = CompensatedSum(share * values[step], lost: share * others[step])
        mean.add(sum / counts[step])
        values[step] = mean.sum
        others[step] = mean.lost + compensation / counts[step]
    }

    /// From here on the average at an instant is moved by each value, since the sum would overflow.
    private mutating func moveMean(_ step: Int, count: Double) {
        if movesMean.isEmpty { movesMean = Array(repeating: false, count: values.count) }
        movesMean[step] = true
        values[step] /= count
        others[step] /= count
    }

    private mutating func addToVariances(_ row: [Double]) {
        for step in values.indices where !StepRow.isAbsent(row[step]) {
            let value = row[step]
            counts[step] += 1
            if counts[step] == 1 {
                others[step] = value
                values[step] = value.isFinite ? 0 : .nan
            } else {
                let difference = value - others[step]
                others[step] += difference / counts[step]
                values[step] += difference * (value - others[step])
            }
        }
    }

    private mutating func addHistograms(_ row: StepRow, _ operation: AggregationOperator, _ place: SourceRange, _ notes: inout QueryNotes) {
        for (step, histogram) in row.histograms.enumerated() {
            guard let histogram else { continue }
            switch operation {
            case .sum, .avg: addHistogram(histogram, step, operation, row.labels.metricName ?? "", place, &notes)
            case .count: values[step] = StepRow.isAbsent(values[step]) ? 1 : values[step] + 1
            case .group: values[step] = 1
            default: notes.add(.ignoredInAggregation(operation.rawValue), at: place)
            }
        }
    }

    private mutating func addHistogram(
        _ histogram: NativeHistogram, _ step: Int, _ operation: AggregationOperator, _ metric: String, _ place: SourceRange, _ notes: inout QueryNotes
    ) {
        if histograms.isEmpty { histograms = Array(repeating: nil, count: values.count) }
        do throws(IncompatibleHistograms) {
            switch histograms[step].take() {
            case nil: histograms[step] = operation == .sum ? .sum(HistogramSum(histogram)) : .mean(HistogramMean(histogram))
            case .sum(var sum):
                try sum.add(histogram)
                histograms[step] = .sum(sum)
            case .mean(var mean):
                try mean.add(histogram)
                histograms[step] = .mean(mean)
            case .incompatible: histograms[step] = .incompatible
            }
        } catch {
            histograms[step] = .incompatible
            notes.add(.mixedExponentialAndCustom(metric: metric), at: place)
        }
    }

    // MARK: Joining and finishing

    mutating func join(_ later: GroupColumns, _ operation: AggregationOperator, _ place: SourceRange, _ notes: inout QueryNotes) {
        dropsName = dropsName || later.dropsName
        joinHistograms(later, place, &notes)
        switch operation {
        case .sum:
            Self.addSums(&values, &others, later.values)
            for step in others.indices where !values[step].isInfinite { others[step] += later.others[step] }
        case .avg: joinMeans(later)
        case .count: Self.fold(&values, later.values, first: { $0 }) { $0 + $1 }
        case .stddev, .stdvar: joinVariances(later)
        case .group, .min, .max: add(StepRow(.none, values: later.values), operation, place, &notes)
        case .topk, .bottomk, .quantile, .limitk, .countValues, .limitRatio: break
        }
    }

    private mutating func joinMeans(_ later: GroupColumns) {
        for step in values.indices where later.counts[step] > 0 {
            let count = later.counts[step]
            guard counts[step] > 0 else {
                takeMean(later, step)
                continue
            }
            let laterMoves = !later.movesMean.isEmpty && later.movesMean[step]
            if laterMoves, movesMean.isEmpty || !movesMean[step] { moveMean(step, count: counts[step]) }
            counts[step] += count
            let scale = laterMoves ? count : 1
            if laterMoves {
                let share = count / counts[step]
                values[step] = values[step] * (1 - share) + later.values[step] * share
                others[step] = others[step] * (1 - share) + later.others[step] * share
            } else {
                addToMean(step, sum: later.values[step] * scale, compensation: later.others[step], count: count)
            }
        }
    }

    private mutating func takeMean(_ later: GroupColumns, _ step: Int) {
        values[step] = later.values[step]
        others[step] = later.others[step]
        counts[step] = later.counts[step]
        guard !later.movesMean.isEmpty, later.movesMean[step] else { return }
        if movesMean.isEmpty { movesMean = Array(repeating: false, count: values.count) }
        movesMean[step] = true
    }

    private mutating func joinVariances(_ later: GroupColumns) {
        for step in values.indices where later.counts[step] > 0 {
            guard counts[step] > 0 else {
                takeMean(later, step)
                continue
            }
            let count = counts[step] + later.counts[step]
            let difference = later.others[step] - others[step]
            values[step] += later.values[step] + difference * difference * counts[step] * later.counts[step] / count
            others[step] += difference * later.counts[step] / count
            counts[step] = count
        }
    }

    private mutating func joinHistograms(_ later: GroupColumns, _ place: SourceRange, _ notes: inout QueryNotes) {
        guard !later.histograms.isEmpty else { return }
        if histograms.isEmpty { histograms = Array(repeating: nil, count: values.count) }
        for (step, cell) in later.histograms.enumerated() {
            guard let cell else { continue }
            do throws(IncompatibleHistograms) {
                switch (histograms[step].take(), cell) {
                case (nil, _): histograms[step] = cell
                case (.sum(var sum), .sum(let other)):
                    try sum.join(other)
                    histograms[step] = .sum(sum)
                case (.mean(var mean), .mean(let other)):
                    try mean.join(other)
                    histograms[step] = .mean(mean)
                default: histograms[step] = .incompatible
                }
            } catch {
                histograms[step] = .incompatible
                notes.add(.mixedExponentialAndCustom(metric: ""), at: place)
            }
        }
    }

    /// The group's values as a row.
    mutating func finish(_ operation: AggregationOperator, _ labels: SeriesLabels, _ place: SourceRange, _ notes: inout QueryNotes) -> StepRow {
        var row = StepRow(labels, count: values.count)
        for step in values.indices where !StepRow.isAbsent(values[step]) { row.values[step] = number(step, operation) }
        for (step, cell) in histograms.enumerated() {
            guard let cell else { continue }
            guard StepRow.isAbsent(values[step]) else {
                notes.add(.mixedFloatsAndHistogramsInAggregation, at: place)
                row.values[step] = StepRow.absent
                continue
            }
            if let histogram = cell.finish(place, &notes) { row.set(histogram, at: step) }
        }
        return row
    }

    private func number(_ step: Int, _ operation: AggregationOperator) -> Double {
        switch operation {
        case .sum: values[step] + others[step]
        case .avg:
            !movesMean.isEmpty && movesMean[step]
                ? values[step] + others[step] : values[step] / counts[step] + others[step] / counts[step]
        case .stdvar: values[step] / counts[step]
        case .stddev: (values[step] / counts[step]).squareRoot()
        default: values[step]
        }
    }
}

extension GroupColumns.HistogramCell {
    fileprivate func finish(_ place: SourceRange, _ notes: inout QueryNotes) -> NativeHistogram? {
        switch self {
        case .incompatible: return nil
        case .sum(let sum):
            if sum.resetsCollide { notes.add(.resetsCollide(.aggregation), at: place) }
            if sum.boundsReconciled { notes.add(.boundsReconciled(.aggregation), at: place) }
            return sum.result
        case .mean(let mean):
            if mean.resetsCollide { notes.add(.resetsCollide(.aggregation), at: place) }
            if mean.boundsReconciled { notes.add(.boundsReconciled(.aggregation), at: place) }
            return mean.result
        }
    }
}
