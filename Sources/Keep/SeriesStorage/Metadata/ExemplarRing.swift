internal import GatewayModel

/// The newest exemplars of all series, in order of arrival: the oldest goes when a new one comes over the limit.
struct ExemplarRing {
    struct Entry {
        let series: UInt32
        let exemplar: Exemplar
    }

    private let max: Int
    private var entries: [Entry] = []
    /// Where the oldest stands once the ring is full.
    private var next = 0
    /// The newest exemplar of each series: repeated by every scrape until there is a newer one.
    private var newest: [UInt32: Exemplar] = [:]

    init(max: Int) { self.max = Swift.max(1, max) }

    var count: Int { entries.count }

    /// Adds an exemplar; one that is not newer than the series' newest is left out, as a scrape repeats it.
    mutating func insert(_ series: UInt32, _ exemplar: Exemplar) {
        if let known = newest[series], known.time >= exemplar.time { return }
        newest[series] = exemplar
        guard entries.count == max else { return entries.append(Entry(series: series, exemplar: exemplar)) }
        let old = entries[next]
        if newest[old.series] == old.exemplar { newest[old.series] = nil }
        entries[next] = Entry(series: series, exemplar: exemplar)
        next = (next + 1) % max
    }

    /// The exemplars of the closed range, by series, each in the order of time.
    func exemplars(of series: Set<UInt32>, from: Int64, through: Int64) -> [UInt32: [Exemplar]] {
        var found: [UInt32: [Exemplar]] = [:]
        for entry in entries where series.contains(entry.series) && entry.exemplar.time >= from && entry.exemplar.time <= through {
            found[entry.series, default: []].append(entry.exemplar)
        }
        return found.mapValues { $0.sorted { $0.time < $1.time } }
    }

    /// All of them, for the log that is begun after a flush.
    var all: [Entry] { Array(entries[next...] + entries[..<next]) }
}
