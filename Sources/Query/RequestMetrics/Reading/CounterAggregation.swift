internal import GatewayModel
internal import RequestQuery

/// Sums, counts and averages of rates, increases and values over whole families, from grouped sums: no series is made.
///
/// Each dimension that no kept label needs is left to the question's own adding up, so that the smallest table of rollups can answer.
struct CounterAggregation {
    private let request: SeriesAggregation
    private let context: ReadingContext
    private let instants: [Int64]
    private var places: [SeriesLabels: Int] = [:]
    private var labels: [SeriesLabels] = []
    /// Series of each row.
    private var series: [Int] = []
    private var values: [[Double]] = []

    init(_ request: SeriesAggregation, _ context: ReadingContext) {
        self.request = request
        self.context = context
        instants = (0..<request.grid.count).map { request.grid[$0] }
    }

    /// The rows for strands that are all added up from records; nil where only the series themselves can tell.
    mutating func rows(_ choices: [StrandChoice]) throws(QueryError) -> SeriesRows? {
        switch request.aggregation {
        case .sum, .count, .average: break
        case .minimum, .maximum: return nil
        }
        for choice in choices {
            let plan = context.table.strands[choice.strand]
            // Where combinations were put together for want of room, dimensions can no longer be told apart.
            guard plan.isCounted, context.state.cubes[plan.cube].keys.count < context.limits.combinationsMax else { return nil }
        }
        // Where nothing exists at any instant, there are no rows either.
        guard instants.contains(where: context.exists) else { return SeriesRows() }
        for choice in choices { note(choice) }
        if request.aggregation != .count { for choice in choices { try add(choice) } }
        for row in labels.indices { finish(row) }
        let order = labels.indices.sorted { labels[$0] < labels[$1] }
        return SeriesRows(labels: order.map { labels[$0] }, values: order.map { values[$0] })
    }

    private func keeps(_ name: String) -> Bool {
        if name == SeriesLabels.metricName, request.function != .instant || request.isWithout { return false }
        return request.grouping.contains(name) != request.isWithout
    }

    private mutating func row(_ kept: SeriesLabels) -> Int {
        if let known = places[kept] { return known }
        places[kept] = labels.count
        labels.append(kept)
        series.append(0)
        values.append([Double](repeating: 0, count: instants.count))
        return labels.count - 1
    }

    /// Makes the rows of all chosen series and counts these.
    private mutating func note(_ choice: StrandChoice) {
        for line in choice.lines {
            let own = choice.all.lines[line].labels.filter { keeps($0.name) }
            for aspect in choice.aspects { series[row(kept(own, aspect))] += 1 }
        }
    }

    private func kept(_ own: [SeriesLabel], _ aspect: (name: String, le: String, aspect: Aspect)) -> SeriesLabels {
        var labels = own
        if keeps(FamilyStrand.limitLabel), !aspect.le.isEmpty { labels.append(SeriesLabel(FamilyStrand.limitLabel, aspect.le)) }
        if keeps(SeriesLabels.metricName) { labels.append(SeriesLabel(SeriesLabels.metricName, aspect.name)) }
        return SeriesLabels(sorted: labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }

    private mutating func add(_ choice: StrandChoice) throws(QueryError) {
        let plan = context.table.strands[choice.strand]
        let kept = plan.labels.filter { keeps($0.name) }
        let by = Set(kept.map(\.field)).sorted { $0.rawValue < $1.rawValue }
        let need = WindowNeed(plan.measure, choice.aspects.map(\.aspect))
        let state = context.state
        let windows = request.function == .instant ? TimeWindows(from: instants) : TimeWindows(request.range, endingAt: instants)
        let sums = try WindowSums(need, windows, by: by, choice.filter(plan, context), context) { state.key($0, by) }
        let isValue = request.function == .instant
        if isValue { addTotals(choice, plan) }
        for key in sums.places.keys {
            let own = ownLabels(key, by, kept, plan)
            for aspect in choice.aspects {
                guard let numbers = sums.row(key, aspect.aspect), let row = places[self.kept(own, aspect)] else { continue }
                let divisor = (isValue ? -1 : 1) * plan.divisor(aspect.aspect)
                for (index, number) in numbers.enumerated() { values[row][index] += Double(number) / divisor }
            }
        }
    }

    /// The kept labels of a combination of their fields.
    private func ownLabels(_ key: [UInt32], _ by: [RequestField], _ kept: [FamilyLabel], _ plan: FamilyStrand) -> [SeriesLabel] {
        var labels = plan.constants.filter { keeps($0.name) }
        for label in kept {
            guard let place = by.firstIndex(of: label.field) else { continue }
            let value = label.value(of: context.state.values[Int(label.field.rawValue)].text(key[place]))
            if !value.isEmpty { labels.append(SeriesLabel(label.name, value)) }
        }
        return labels
    }

    private mutating func addTotals(_ choice: StrandChoice, _ plan: FamilyStrand) {
        let total = CubeTotal(context.table.cubes[plan.cube], context.state.cubes[plan.cube], plan.measure)
        for line in choice.lines {
            let own = choice.all.lines[line].labels.filter { keeps($0.name) }
            for aspect in choice.aspects {
                guard let row = places[kept(own, aspect)] else { continue }
                let base = Double(total.value(choice.all.lines[line].members, aspect.aspect)) / plan.divisor(aspect.aspect)
                for index in instants.indices { values[row][index] += base }
            }
        }
    }

    /// Divides what was added up as the operator says, and takes away instants at which there are no series.
    private mutating func finish(_ row: Int) {
        let seconds = request.function == .rate ? Double(request.range) / 1_000 : 1
        let divisor = request.aggregation == .average ? seconds * Double(series[row]) : seconds
        for (index, instant) in instants.enumerated() {
            if !context.exists(instant) {
                values[row][index] = SampleColumns.staleMarker
            } else if request.aggregation == .count {
                values[row][index] = Double(series[row])
            } else {
                values[row][index] /= divisor
            }
        }
    }
}
