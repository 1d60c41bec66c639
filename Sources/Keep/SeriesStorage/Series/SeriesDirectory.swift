internal import ByteCoding
internal import GatewayModel

/// All series of the store, in memory and in blocks: found by number, by key and by label.
struct SeriesDirectory {
    /// By id; nil where a series went.
    private(set) var series: [KeptSeries?] = [nil]
    private(set) var index = LabelIndex()
    private var keys = KeyTable()
    private var order = SeriesOrder()

    /// The id of the next new series.
    var nextID: UInt32 { UInt32(series.count) }
    var count: Int { keys.count }

    func find(_ key: UnsafeRawBufferPointer) -> KeptSeries? { unsafe keys.series(key, among: series) }

    subscript(id: UInt32) -> KeptSeries? { Int(id) < series.count ? series[Int(id)] : nil }

    /// Adds a series whose key is not there and whose id is free: ``nextID``, or one that a log or a block names.
    mutating func insert(id: UInt32, key: [UInt8], labels: SeriesLabels) -> KeptSeries {
        while series.count <= Int(id) { series.append(nil) }
        let kept = KeptSeries(id: id, key: key, labels: index.insert(id, labels))
        series[Int(id)] = kept
        keys.insert(kept)
        order.insert(id)
        return kept
    }

    /// Forgets the series of which nothing is left. Their ids stay unused.
    ///
    /// Everything is built anew: it happens when days are dropped, not for single series.
    mutating func removeEmpty() {
        guard series.contains(where: { $0?.isEmpty == true }) else { return }
        let kept = series
        series = Array(repeating: nil, count: kept.count)
        index = LabelIndex()
        keys = KeyTable()
        order = SeriesOrder()
        for case let old? in kept where !old.isEmpty {
            // The labels' strings are shared already.
            _ = index.insert(old.id, old.labels)
            series[Int(old.id)] = old
            keys.insert(old)
            order.insert(old.id)
        }
    }

    /// Takes care that ids below are not given again.
    mutating func reserve(below id: UInt32) {
        while series.count < Int(id) { series.append(nil) }
    }

    /// The series in ascending order of their labels.
    mutating func sorted(_ ids: [UInt32]) -> [KeptSeries] { order.sort(ids, among: series).compactMap { series[Int($0)] } }

    var allIDs: [UInt32] { series.compactMap { $0?.id } }
}
