/// Two readers behind one: what PromQL sees when some series are views of records and others are kept samples.
///
/// A metric may be known to both, for example while a fleet moves from scraping an exporter to sending its records. Labels decide then: all series of both are
/// seen, and of two with the same labels the ``preferred`` reader's.
package struct JoinedSeriesReader: SeriesReader {
    package let preferred: any SeriesReader
    package let other: any SeriesReader

    package init(_ preferred: any SeriesReader, _ other: any SeriesReader) {
        self.preferred = preferred
        self.other = other
    }

    package func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries] {
        Self.merged(try preferred.select(request), try other.select(request), by: \.labels)
    }

    /// Answered by the one reader that has such series; nil when both have.
    package func aggregate(_ request: SeriesAggregation) throws(SeriesError) -> SeriesRows? {
        let (early, isEarly) = request.grid.start.subtractingReportingOverflow(request.range + Self.lookBackMax)
        let listing = SeriesListing([request.matchers], from: isEarly ? .min : early, through: request.grid.end, limit: 1)
        if try other.labelSets(listing).isEmpty { return try preferred.aggregate(request) }
        return try preferred.labelSets(listing).isEmpty ? try other.aggregate(request) : nil
    }

    /// The longest look-back of an instant selector that is reckoned with when one reader is asked whether it has anything, in milliseconds: a day.
    private static let lookBackMax: Int64 = 86_400_000

    package func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String] {
        Self.limited(Self.mergedTexts(try preferred.labelNames(question), try other.labelNames(question)), question.limit)
    }

    package func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String] {
        Self.limited(Self.mergedTexts(try preferred.labelValues(of: name, question), try other.labelValues(of: name, question)), question.limit)
    }

    package func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels] {
        Self.limited(Self.merged(try preferred.labelSets(question), try other.labelSets(question), by: \.self), question.limit)
    }

    package func metadata(of metric: String?) -> [String: [MetricMetadata]] {
        preferred.metadata(of: metric).merging(other.metadata(of: metric)) { first, second in first + second.filter { !first.contains($0) } }
    }

    package func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) throws(SeriesError) -> [SeriesExemplars] {
        let first = try preferred.exemplars(selectors, from: from, through: through)
        let second = try other.exemplars(selectors, from: from, through: through)
        var bySeries: [SeriesLabels: [Exemplar]] = [:]
        for series in first + second { bySeries[series.labels, default: []] += series.exemplars }
        return bySeries.map { SeriesExemplars($0.key, $0.value.sorted { $0.time < $1.time }) }.sorted { $0.labels < $1.labels }
    }

    // MARK: Merging ascending lists

    /// All of both, ascending; of equal ones the first list's.
    private static func merged<Element>(_ first: [Element], _ second: [Element], by labels: (Element) -> SeriesLabels) -> [Element] {
        if second.isEmpty { return first }
        if first.isEmpty { return second }
        var result: [Element] = []
        result.reserveCapacity(first.count + second.count)
        var rest = second[...]
        for element in first {
            let key = labels(element)
            while let next = rest.first, labels(next) < key { result.append(rest.removeFirst()) }
            if let next = rest.first, labels(next) == key { rest.removeFirst() }
            result.append(element)
        }
        return result + rest
    }

    private static func mergedTexts(_ first: [String], _ second: [String]) -> [String] {
        if second.isEmpty { return first }
        if first.isEmpty { return second }
        return Set(first).union(second).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func limited<Element>(_ list: [Element], _ limit: Int?) -> [Element] {
        guard let limit, list.count > limit else { return list }
        return Array(list.prefix(limit))
    }
}

/// A reader without series.
package struct NoSeriesReader: SeriesReader {
    package init() {}
    package func select(_ request: SeriesRequest) -> [any SelectedSeries] { [] }
    package func labelNames(_ question: SeriesListing) -> [String] { [] }
    package func labelValues(of name: String, _ question: SeriesListing) -> [String] { [] }
    package func labelSets(_ question: SeriesListing) -> [SeriesLabels] { [] }
}
