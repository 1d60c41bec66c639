import Foundation
import GatewayModel
@testable import RequestQuery

/// The engine's meaning in plain loops over rows: slow, obvious, and written from the documentation rather than from the engine.
struct Oracle {
    let query: RequestQuery
    let rows: [SampleRow]
    let now: Timestamp

    struct Answer {
        var rows: [[QueryValue]]
        var groupsTotal: Int
        var matched: Int
    }

    func answer() throws -> Answer {
        let range = try query.range(now: now)
        let edges = try bucketEdges(range)
        let matching = rows.filter { row in
            row.time >= range.from.microseconds && row.time < range.to.microseconds && Self.passes(query.filter.filter, row)
        }
        let groups = ranked(Dictionary(grouping: matching) { row in query.by.map { Self.groupValue($0, row) }.map(Key.init) }, range)
        let limit = query.limit ?? (query.every == nil ? 1_000 : 50)
        let following = groups.dropFirst(query.by.isEmpty ? 0 : query.offset)
        var shown = Array(following.prefix(limit))
        let rest = following.dropFirst(limit)
        if query.other, !rest.isEmpty {
            shown.append((query.by.map { _ in Key(value: .text("_other")) }, rest.flatMap(\.rows)))
        }
        let byBucket = shown.map { group in
            Dictionary(grouping: group.rows) { row in edges.lastIndex { $0 <= row.time } ?? -1 }
        }
        var result: [[QueryValue]] = []
        for (index, start) in edges.dropLast().enumerated() {
            for (position, group) in shown.enumerated() {
                let cell = byBucket[position][index] ?? []
                let seconds = Double(min(edges[index + 1], range.to.microseconds, now.microseconds) - max(start, range.from.microseconds)) / 1e6
                let time: [QueryValue] = query.every == nil ? [] : [.time(Timestamp(microseconds: start))]
                result.append(time + group.key.map(\.value) + query.measures.map { Self.measure($0.function, cell, max(0, seconds)) })
            }
        }
        return Answer(rows: result, groupsTotal: groups.count, matched: matching.count)
    }

    struct Key: Hashable {
        let value: QueryValue
        static func == (left: Key, right: Key) -> Bool { left.value == right.value }
        func hash(into hasher: inout Hasher) { hasher.combine("\(value)") }
    }

    /// Bucket edges are tested on their own; here they are taken as given.
    private func bucketEdges(_ range: TimeRange) throws -> [Int64] {
        guard let every = query.every else { return [range.from.microseconds, range.to.microseconds] }
        return try TimeBuckets(range, every: every, zone: query.timeZone).edges.map(\.microseconds)
    }

    private func ranked(_ groups: [[Key]: [SampleRow]], _ range: TimeRange) -> [(key: [Key], rows: [SampleRow])] {
        if query.by.isEmpty { return [([], groups[[]] ?? [])] }
        let order = query.order ?? QueryOrder(.measure(0), descending: true)
        let seconds = Double(min(range.to.microseconds, now.microseconds) - range.from.microseconds) / 1e6
        let list = groups.map { group -> (key: [Key], rows: [SampleRow], rank: QueryValue) in
            switch order.key {
            case .measure(let index): (group.key, group.value, Self.measure(query.measures[index].function, group.value, seconds))
            case .group(let index): (group.key, group.value, group.key[index].value)
            case .time: (group.key, group.value, Self.measure(query.measures[0].function, group.value, seconds))
            }
        }
        let descending = order.key == .time || order.isDescending
        return list.sorted { left, right in
            let relation = Self.compare(left.rank, right.rank, descending)
            if relation != 0 { return relation < 0 }
            for (a, b) in zip(left.key, right.key) {
                let relation = Self.compare(a.value, b.value, false)
                if relation != 0 { return relation < 0 }
            }
            return false
        }.map { ($0.key, $0.rows) }
    }

    private static func compare(_ left: QueryValue, _ right: QueryValue, _ descending: Bool) -> Int {
        if left == .null || right == .null { return left == right ? 0 : left == .null ? 1 : -1 }
        if case .text(let a) = left, case .text(let b) = right { return a == b ? 0 : (Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8)) != descending ? -1 : 1) }
        let (a, b) = (left.double ?? 0, right.double ?? 0)
        return a == b ? 0 : ((a < b) != descending ? -1 : 1)
    }

    static func groupValue(_ field: RequestField, _ row: SampleRow) -> QueryValue {
        if field.kind == .dictionary { return row.texts[field].map { .text($0) } ?? .null }
        guard let value = row.integers[field] else { return .null }
        return field.unit == .boolean ? .boolean(value != 0) : .integer(value)
    }

    static func passes(_ filter: Filter, _ row: SampleRow) -> Bool {
        switch filter {
        case .all: true
        case .and(let parts): parts.allSatisfy { passes($0, row) }
        case .or(let parts): parts.contains { passes($0, row) }
        case .not(let part): !passes(part, row)
        case .exists(let field): row.integers[field] != nil || row.texts[field] != nil
        case .range(let field, let range): row.integers[field].map { range.contains($0) } ?? false
        case .matches(let field, let patterns): row.texts[field].map { text in patterns.contains { $0.matches(text) } } ?? false
        }
    }

    static func measure(_ function: QueryMeasure.Function, _ rows: [SampleRow], _ seconds: Double) -> QueryValue {
        func values(_ field: RequestField) -> [Int64] { rows.compactMap { $0.integers[field] } }
        func edge(_ value: Double, _ field: RequestField) -> QueryValue { .number(value / field.unit.divisor) }
        switch function {
        case .count: return .integer(Int64(rows.count))
        case .countWhere(let filter): return .integer(Int64(rows.count { passes(filter.filter, $0) }))
        case .rate: return seconds > 0 ? .number(Double(rows.count) / seconds) : .null
        case .rateOf(let field):
            return values(field).isEmpty || seconds <= 0 ? .null : .number(Double(values(field).reduce(0, +)) / field.unit.divisor / seconds)
        case .sum(let field): return values(field).isEmpty ? .null : edge(Double(values(field).reduce(0, +)), field)
        case .average(let field): return values(field).isEmpty ? .null : edge(Double(values(field).reduce(0, +)) / Double(values(field).count), field)
        case .minimum(let field): return values(field).min().map { edge(Double($0), field) } ?? .null
        case .maximum(let field): return values(field).max().map { edge(Double($0), field) } ?? .null
        case .percentile(let field, let percent): return percentile(values(field), percent).map { edge($0, field) } ?? .null
        case .ratio(let filter): return rows.isEmpty ? .null : .number(Double(rows.count { passes(filter.filter, $0) }) / Double(rows.count))
        case .distinct(let field):
            return .integer(Int64(field.kind == .integer ? Set(values(field)).count : Set(rows.compactMap { $0.texts[field] }).count))
        case .histogram(let field, let limits):
            var counts = [UInt32](repeating: 0, count: limits.limits.count + 1)
            for value in values(field) { counts[limits.limits.firstIndex { value <= $0 } ?? limits.limits.count] += 1 }
            return .counts(counts)
        }
    }

    static func percentile(_ values: [Int64], _ percent: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let rank = percent / 100 * Double(sorted.count - 1)
        let lower = Int(rank.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        return Double(sorted[lower]) + (Double(sorted[upper]) - Double(sorted[lower])) * (rank - Double(lower))
    }

    /// Whether two values are the same: integers and counts exactly, numbers but for rounding, percentiles within `tolerance`.
    static func same(_ left: QueryValue, _ right: QueryValue, tolerance: Double = 1e-12) -> Bool {
        if left == right { return true }
        guard let a = left.double, let b = right.double else { return false }
        return abs(a - b) <= max(abs(a), abs(b)) * tolerance
    }
}
