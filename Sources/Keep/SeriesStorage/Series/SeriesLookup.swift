internal import GatewayModel

/// Finds the series that pass matchers, over copies of the index's names: needs no lock, so that a costly pattern keeps no writer waiting.
struct SeriesLookup {
    /// The labels that the matchers name, as they were.
    let names: [String: LabelIndex.Name]
    /// The ids of all series, ascending.
    let all: [UInt32]

    /// - Parameter selectors: one or more lists of matchers.
    init(_ directory: SeriesDirectory, _ selectors: [[SeriesMatcher]]) {
        var names: [String: LabelIndex.Name] = [:]
        for matcher in selectors.joined() { names[matcher.name] = directory.index.names[matcher.name] }
        self.names = names
        all = selectors.allSatisfy { $0.contains { !$0.matchesEmpty } } ? [] : directory.allIDs
    }

    /// The series that pass all matchers, ascending.
    func ids(_ matchers: [SeriesMatcher]) -> [UInt32] {
        let required = matchers.filter { !$0.matchesEmpty }.map { passing($0) }.sorted { $0.count < $1.count }
        var ids = required.first ?? all
        for list in required.dropFirst() { ids = Self.intersection(ids, list) }
        for matcher in matchers where matcher.matchesEmpty && !ids.isEmpty { ids = Self.difference(ids, failing(matcher)) }
        return ids
    }

    /// Series that have the label with a value that passes.
    private func passing(_ matcher: SeriesMatcher) -> [UInt32] {
        guard let name = names[matcher.name] else { return [] }
        if let values = matcher.valuesAllowed { return Self.union(Set(values).map { name.series(of: $0) }) }
        return Self.union(name.values.indices.filter { matcher.matches(name.values[$0]) }.map { name.series[$0] })
    }

    /// Series that have the label with a value that does not pass.
    private func failing(_ matcher: SeriesMatcher) -> [UInt32] {
        guard let name = names[matcher.name] else { return [] }
        if matcher.comparison == .notEqual { return name.series(of: matcher.value) }
        return Self.union(name.values.indices.filter { !matcher.matches(name.values[$0]) }.map { name.series[$0] })
    }

    // MARK: Ascending lists

    /// The lists have nothing in common: a series has one value of a label.
    private static func union(_ lists: [[UInt32]]) -> [UInt32] {
        let filled = lists.filter { !$0.isEmpty }
        if filled.count <= 1 { return filled.first ?? [] }
        return filled.joined().sorted()
    }

    private static func intersection(_ short: [UInt32], _ long: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var next = 0
        for id in short {
            while next < long.count, long[next] < id { next += 1 }
            guard next < long.count else { break }
            if long[next] == id { result.append(id) }
        }
        return result
    }

    private static func difference(_ ids: [UInt32], _ others: [UInt32]) -> [UInt32] {
        if others.isEmpty { return ids }
        var result: [UInt32] = []
        var next = 0
        for id in ids {
            while next < others.count, others[next] < id { next += 1 }
            if next == others.count || others[next] != id { result.append(id) }
        }
        return result
    }
}
