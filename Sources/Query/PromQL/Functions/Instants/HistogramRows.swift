internal import GatewayModel

/// The histograms of a vector, native ones and those that classic buckets make together.
///
/// Source: prometheus/prometheus `promql/engine.go`, resetHistograms.
struct HistogramRows {
    /// A classic histogram: rows that are the same but for `le`.
    struct Classic {
        /// Without `le`.
        let labels: SeriesLabels
        /// The row of native histograms that has the same labels; nil when there is none.
        var native: Int?
        /// Ascending once ``sort()`` is done, with the counts of each limit's row below.
        private var limits: [Double] = []
        private var counts: [[Double]] = []

        init(labels: SeriesLabels) { self.labels = labels }

        mutating func add(_ limit: Double, _ row: StepRow) {
            var row = row
            row.removeHistograms()
            limits.append(limit)
            counts.append(row.values)
        }

        mutating func sort() {
            let order = limits.indices.sorted { limits[$0] < limits[$1] }
            limits = order.map { limits[$0] }
            counts = order.map { counts[$0] }
        }

        /// The buckets that have a count at an instant.
        func histogram(at step: Int) -> ClassicHistogram {
            var buckets: [ClassicBucket] = []
            buckets.reserveCapacity(limits.count)
            for index in limits.indices {
                let count = counts[index][step]
                if !StepRow.isAbsent(count) { buckets.append(ClassicBucket(upper: limits[index], count: count)) }
            }
            return ClassicHistogram(ascending: buckets)
        }

        func isThere(at step: Int) -> Bool { counts.contains { !StepRow.isAbsent($0[step]) } }
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
        for row in rows where row.values.indices.contains(where: { row.histogram(at: $0) == nil && !StepRow.isAbsent(row.values[$0]) }) {
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
            classics[classic].add(upper, row)
        }
        for index in classics.indices { classics[index].sort() }
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
                if let other = classicOfNative[index], classics[other].isThere(at: step) {
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
                let histogram = histograms.histogram(at: step)
                if !histogram.buckets.isEmpty { result.values[step] = classic(histogram, metric, step, &notes) }
            }
            context.dropName(of: &result)
            results.append(result)
        }
        return results
    }
}
