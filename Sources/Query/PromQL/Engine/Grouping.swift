internal import GatewayModel

/// Which group each row of an aggregation falls into, found once for all instants.
struct Grouping: Sendable {
    /// One for each row.
    private(set) var groups: [Int] = []
    /// One for each group, in the order in which the rows name them.
    private(set) var labels: [SeriesLabels] = []

    init(_ rows: some Sequence<SeriesLabels>, by names: [String], isWithout: Bool) {
        var known: [SeriesLabels: Int] = [:]
        let wanted = isWithout ? Set(names).union([SeriesLabels.metricName]) : Set(names)
        for row in rows {
            let key = isWithout ? row.dropping(wanted) : wanted.isEmpty ? SeriesLabels.none : row.keeping(wanted)
            if let group = known[key] {
                groups.append(group)
            } else {
                known[key] = labels.count
                groups.append(labels.count)
                labels.append(key)
            }
        }
    }
}
