internal import GatewayModel

/// A row of a subquery, read like any other series.
struct EvaluatedSeries: SelectedSeries {
    let row: StepRow
    let grid: StepGrid

    init(_ row: StepRow, _ grid: StepGrid) {
        self.row = row
        self.grid = grid
    }

    var labels: SeriesLabels { row.labels }

    func read(from: Int64, through: Int64, into samples: inout SampleColumns) throws(SeriesError) {
        for step in 0..<grid.count {
            let time = grid[step]
            guard time >= from, time <= through else { continue }
            if var histogram = row.histogram(at: step) {
                // Samples may be left out or come twice, so that what the hint says of its neighbour need not hold.
                if histogram.resetHint == .reset || histogram.resetHint == .notReset { histogram.resetHint = .unknown }
                samples.append(time, histogram)
            } else if !StepRow.isAbsent(row.values[step]) {
                samples.append(time, row.values[step])
            }
        }
    }
}
