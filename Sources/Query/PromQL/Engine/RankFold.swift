internal import GatewayModel

/// The greatest or least values of each group and instant, while rows go by; nothing else of the rows is held.
struct RankFold: Sendable {
    /// How many are wanted, one for each instant.
    private let limits: [Int]
    private let limitMax: Int
    /// Rows that will be added: no list needs more places. Lists grow when folds are joined, since `topk(1000000, x)` is seldom meant.
    private let rowsMax: Int
    private let isTop: Bool
    private var groups: [Ranking?]
    /// Rows whose names go at the end of the query.
    private var droppingRows: Set<Int> = []

    /// The lists of one group: for each instant the best first, `width` places each.
    fileprivate struct Ranking: Sendable {
        var width: Int
        var counts: [Int32]
        var values: [Double]
        var rows: [Int32]
    }

    init(_ limits: [Int], groups: Int, rowsMax: Int, isTop: Bool) {
        self.limits = limits
        self.rowsMax = rowsMax
        self.isTop = isTop
        limitMax = max(0, limits.max() ?? 0)
        self.groups = Array(repeating: nil, count: groups)
    }

    /// Adds a row's values; a row that was added earlier stands before an equal one.
    mutating func add(_ values: [Double], row: Int, dropsName: Bool, to group: Int) {
        if dropsName { droppingRows.insert(row) }
        var ranking = groups[group].take() ?? Ranking(width: min(rowsMax, limitMax), steps: limits.count)
        for step in values.indices where !StepRow.isAbsent(values[step]) {
            ranking.insert(values[step], Int32(truncatingIfNeeded: row), at: step, limit: limits[step], isTop: isTop)
        }
        groups[group] = consume ranking
    }

    /// - Returns: bytes that are held more than before.
    mutating func join(_ later: consuming RankFold) -> Int {
        var bytes = 0
        droppingRows.formUnion(later.droppingRows)
        for group in groups.indices {
            guard let other = later.groups[group].take() else { continue }
            guard var ranking = groups[group].take() else {
                bytes += other.bytes
                groups[group] = consume other
                continue
            }
            bytes -= ranking.bytes
            if ranking.width < limitMax { ranking.widen(to: min(limitMax, max(2 * ranking.width, ranking.width + other.width))) }
            bytes += ranking.bytes
            for step in limits.indices {
                for place in 0..<Int(other.counts[step]) {
                    let index = step * other.width + place
                    ranking.insert(other.values[index], other.rows[index], at: step, limit: limits[step], isTop: isTop)
                }
            }
            groups[group] = consume ranking
        }
        return bytes
    }

    /// The rows that are among the best at any instant; at one instant the best of each group first.
    consuming func rows(_ labels: [SeriesLabels]) -> [StepRow] {
        var places: [Int32: Int] = [:]
        var rows: [StepRow] = []
        for case let ranking? in groups {
            for step in limits.indices {
                for place in 0..<Int(ranking.counts[step]) {
                    let index = step * ranking.width + place
                    let row = ranking.rows[index]
                    let target = places[row] ?? rows.count
                    if target == rows.count {
                        places[row] = target
                        rows.append(StepRow(labels[Int(row)], count: limits.count))
                        rows[target].dropsName = droppingRows.contains(Int(row))
                    }
                    rows[target].values[step] = ranking.values[index]
                }
            }
        }
        return rows
    }
}

extension RankFold.Ranking {
    fileprivate init(width: Int, steps: Int) {
        self.width = width
        counts = Array(repeating: 0, count: steps)
        values = Array(repeating: 0, count: width * steps)
        rows = Array(repeating: 0, count: width * steps)
    }

    fileprivate var bytes: Int { 12 * values.count + 4 * counts.count }

    /// Gives each list more places.
    fileprivate mutating func widen(to wider: Int) {
        var wide = RankFold.Ranking(width: wider, steps: counts.count)
        wide.counts = counts
        for step in counts.indices {
            for place in 0..<Int(counts[step]) {
                wide.values[step * wider + place] = values[step * width + place]
                wide.rows[step * wider + place] = rows[step * width + place]
            }
        }
        self = wide
    }

    fileprivate mutating func insert(_ value: Double, _ row: Int32, at step: Int, limit: Int, isTop: Bool) {
        let limit = min(limit, width)
        let start = step * width
        var count = Int(counts[step])
        if count >= limit {
            guard limit > 0, Self.isBetter(value, values[start + limit - 1], isTop) else { return }
            count = limit - 1
        } else {
            counts[step] += 1
        }
        var place = count
        while place > 0, Self.isBetter(value, values[start + place - 1], isTop) {
            values[start + place] = values[start + place - 1]
            rows[start + place] = rows[start + place - 1]
            place -= 1
        }
        values[start + place] = value
        rows[start + place] = row
    }

    /// NaN is the worst of all.
    private static func isBetter(_ value: Double, _ other: Double, _ isTop: Bool) -> Bool {
        (isTop ? value > other : value < other) || (other.isNaN && !value.isNaN)
    }
}
