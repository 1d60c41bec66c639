internal import GatewayModel

/// What an aggregation keeps of each group and instant while rows go by: numbers in columns, one for each instant of each group.
///
/// Two folds over different rows can be joined, so that runs of rows are folded on different threads; the result depends on the runs and their order only.
/// Sums are Kahan's in Neumaier's form, and averages fall back to a moved mean before their sum would overflow, as in Prometheus.
struct GroupFold: Sendable {
    let operation: AggregationOperator
    let steps: Int
    /// Where the aggregated expression stands, for notes.
    let place: SourceRange
    private(set) var notes = QueryNotes()
    private var groups: [GroupColumns?]

    init(_ operation: AggregationOperator, groups: Int, steps: Int, place: SourceRange) {
        self.operation = operation
        self.steps = steps
        self.place = place
        self.groups = Array(repeating: nil, count: groups)
    }

    /// Whether the operator can be folded: all but those that need the values of an instant side by side.
    static func folds(_ operation: AggregationOperator) -> Bool {
        switch operation {
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: true
        case .topk, .bottomk, .quantile, .limitk, .countValues, .limitRatio: false
        }
    }

    mutating func add(_ row: StepRow, to group: Int) {
        var columns = groups[group].take() ?? GroupColumns(operation, steps: steps)
        columns.add(row, operation, place, &notes)
        groups[group] = consume columns
    }

    /// - Returns: bytes that are held more than before.
    mutating func join(_ later: consuming GroupFold) -> Int {
        var bytes = 0
        for group in groups.indices {
            guard let other = later.groups[group].take() else { continue }
            guard var columns = groups[group].take() else {
                bytes += other.bytes
                groups[group] = consume other
                continue
            }
            columns.join(other, operation, place, &notes)
            groups[group] = consume columns
        }
        notes.join(later.notes)
        return bytes
    }

    /// The groups that have samples, as rows.
    consuming func rows(_ labels: [SeriesLabels]) -> ([StepRow], QueryNotes) {
        var notes = notes
        var rows: [StepRow] = []
        for group in groups.indices {
            guard var columns = groups[group].take() else { continue }
            var row = columns.finish(operation, labels[group], place, &notes)
            row.dropsName = columns.dropsName
            if !row.isEmpty { rows.append(row) }
        }
        return (rows, notes)
    }
}
