package import GatewayModel

/// Names, values and label sets of the series.
extension RequestMetrics {
    package func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String] {
        var names: Set<String> = []
        try forEachChoice(question) { choice in
            names.insert(SeriesLabels.metricName)
            if choice.aspects.contains(where: { !$0.le.isEmpty }) { names.insert(FamilyStrand.limitLabel) }
            for line in choice.lines { for label in choice.all.lines[line].labels { names.insert(label.name) } }
        }
        return Self.ordered(names, question.limit)
    }

    package func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String] {
        var values: Set<String> = []
        try forEachChoice(question) { choice in
            switch name {
            case SeriesLabels.metricName: for aspect in choice.aspects { values.insert(aspect.name) }
            case FamilyStrand.limitLabel: for aspect in choice.aspects where !aspect.le.isEmpty { values.insert(aspect.le) }
            default: for line in choice.lines { if let label = choice.all.lines[line].labels.first(where: { $0.name == name }) { values.insert(label.value) } }
            }
        }
        return Self.ordered(values, question.limit)
    }

    package func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels] {
        var sets: Set<SeriesLabels> = []
        try forEachChoice(question) { choice in
            for line in choice.lines { for aspect in choice.aspects.indices { sets.insert(choice.labels(line, aspect)) } }
        }
        let all = sets.sorted()
        return question.limit.map { Array(all.prefix($0)) } ?? all
    }

    private func forEachChoice(_ question: SeriesListing, _ body: (StrandChoice) -> Void) throws(SeriesError) {
        let context = try seriesContext()
        guard let earliest = context.earliest, question.through > earliest, question.from <= context.now + ReadingContext.futureMilliseconds else { return }
        for selector in question.selectors.isEmpty ? [[]] : question.selectors { for choice in choices(selector, context) { body(choice) } }
    }

    private static func ordered(_ texts: Set<String>, _ limit: Int?) -> [String] {
        let all = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return limit.map { Array(all.prefix($0)) } ?? all
    }
}
