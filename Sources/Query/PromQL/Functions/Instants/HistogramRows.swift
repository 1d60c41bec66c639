internal import GatewayModel

/// The histograms of a vector, native ones and those that classic buckets make together.
///
/// Source: prometheus/prometheus `promql/engine.go`, resetHistograms.
struct HistogramRows {
    /// A classic histogram: rows that are the same but for `le`.
    struct Classic {
        /// Without `le`.
        let labels: SeriesLabels
        /// Ascending by limit.
        var buckets: [(upper: Double, row: Int)] = []
        /// The row of native histograms that has the same labels; nil when there is none.
        var native: Int?

        /// The buckets that have a count at an instant.
        func histogram(_ rows: [StepRow], at step: Int) -> ClassicHistogram {
            ClassicHistogram(
                ascending: buckets.lazy.filter { Self.hasCount(rows[$0.row], step) }.map { ClassicBucket(upper: $0.upper, count: rows[$0.row].values[step]) })
        }

        func isThere(_ rows: [StepRow], at step: Int) -> Bool { buckets.contains { Self.hasCount(rows[$0.row], step) } }

        private static func hasCount(_ row: StepRow, _ step: Int) -> Bool { row.histogram(at: step) == nil && !StepRow.isAbsent(row.values[step]) }
    }

    static let limitLabel = "le"

    let rows: [StepRow]
    private(set) var classics: [Classic] = []
    /// Rows that hold native histograms.
    let natives: [Int]
    /// For each of those the classic histogram that has the same labels; nil when there is none.
    private var classicOfNative: [Int: Int] = [:]

    /// - Parameter place: where the vector is written, for notes.
    init(_ rows: [StepRow], place: SourceRange?, notes: inout QueryNotes) {
        self.rows = rows
        natives = rows.indices.filter { !rows[$0].histograms.isEmpty }
        var known: [SeriesLabels: Int] = [:]
        for (index, row) in rows.enumerated() where row.values.indices.contains(where: { row.histogram(at: $0) == nil && !StepRow.isAbsent(row.values[$0]) }) {
            let limit = row.labels[Self.limitLabel] ?? ""
            guard let upper = Double(limit) else {
                notes.add(.badBucketLabel(metric: row.labels.nameForNotes, value: limit), at: place)
                continue
            }
            let labels = row.labels.dropping([Self.limitLabel])
            let classic = known[labels] ?? classics.count
            if classic == classics.count {
                known[labels] = classic
                classics.append(Classic(labels: labels))
            }
            classics[classic].buckets.append((upper, index))
        }
        for index in classics.indices { classics[index].buckets.sort { $0.upper < $1.upper } }
        for native in natives {
            guard let classic = known[rows[native].labels] else { continue }
            classics[classic].native = native
            classicOfNative[native] = classic
        }
    }

    /// One row for each histogram. Where a native and a classic one have the same labels at the same instant, neither has a result.
    ///
    /// - Parameter place: where the vector is written, for notes.
    func map(
        place: SourceRange?, context: FunctionContext, notes: inout QueryNotes,
        native: (NativeHistogram, _ metric: String, _ step: Int, inout QueryNotes) -> Double,
        classic: (ClassicHistogram, _ metric: String, _ step: Int, inout QueryNotes) -> Double
    ) -> [StepRow] {
        var results: [StepRow] = []
        let count = context.grid.count
        for index in natives {
            var result = StepRow(rows[index].labels, count: count)
            let metric = result.labels.nameForNotes
            for step in 0..<count {
                guard let histogram = rows[index].histogram(at: step) else { continue }
                if let other = classicOfNative[index], classics[other].isThere(rows, at: step) {
                    notes.add(.mixedClassicAndNative(metric: metric), at: place)
                } else {
                    result.values[step] = native(histogram, metric, step, &notes)
                }
            }
            context.dropName(of: &result)
            results.append(result)
        }
        for histograms in classics {
            var result = StepRow(histograms.labels, count: count)
            let metric = result.labels.nameForNotes
            for step in 0..<count where histograms.native.flatMap({ rows[$0].histogram(at: step) }) == nil {
                let histogram = histograms.histogram(rows, at: step)
                if !histogram.buckets.isEmpty { result.values[step] = classic(histogram, metric, step, &notes) }
            }
            context.dropName(of: &result)
            results.append(result)
        }
        return results
    }
}
