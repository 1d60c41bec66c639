internal import GatewayModel
internal import RequestQuery

/// Values of the chosen gauges of one strand.
struct GaugeRows {
    let choice: StrandChoice
    let plan: FamilyStrand
    let context: ReadingContext

    init(_ choice: StrandChoice, _ context: ReadingContext) {
        self.choice = choice
        self.context = context
        plan = context.table.strands[choice.strand]
    }

    /// One row per line; ``SampleColumns/staleMarker`` where there is no value.
    func values(at instants: [Int64]) throws(QueryError) -> [[Double]] {
        guard case .gauge(let formula) = plan.measure else { return choice.lines.map { _ in Self.nothing(instants) } }
        let reader = GaugeReader(context, instants)
        let found = try reader.rows(formula, plan.labels.map(\.field))
        return choice.lines.map { line in
            let labels = choice.all.lines[line].labels
            let values = plan.labels.map { label in labels.first { $0.name == label.name }?.value ?? "" }
            return found.rows[values] ?? (found.missing.map { value in instants.map { _ in value } } ?? Self.nothing(instants))
        }
    }

    private static func nothing(_ instants: [Int64]) -> [Double] { Array(repeating: SampleColumns.staleMarker, count: instants.count) }
}

/// Computes gauges at instants.
struct GaugeReader {
    private let context: ReadingContext
    private let instants: [Int64]

    /// Rows by the texts of the labels' fields, and the value of those that have none (nil for no value).
    struct Rows {
        var rows: [[String]: [Double]] = [:]
        var missing: Double?
    }

    /// Minutes and more that gauges look back, in milliseconds.
    static let minute: Int64 = 60_000
    static let providerWindow: Int64 = 5 * minute
    static let efficiencyWindow: Int64 = 60 * minute
    static let clientWindow: Int64 = 24 * 60 * minute

    init(_ context: ReadingContext, _ instants: [Int64]) {
        self.context = context
        self.instants = instants
    }

    func rows(_ formula: GaugeFormula, _ fields: [RequestField]) throws(QueryError) -> Rows {
        switch formula {
        case .tokensPerSecond: return Rows(rows: try RecordGauges(context, instants).tokensPerSecond(fields))
        case .activeRequests: return Rows(rows: try RecordGauges(context, instants).activeRequests(fields), missing: 0)
        case .providerHealth: return try providers { $0.isUp ? 1 : 0 }
        case .provider(let figure): return try providers { $0.value(figure) }
        case .tokenEfficiency: return try tokenEfficiency(fields)
        case .activeClients: return try activeClients()
        case .spend(let period): return try spend(period, fields)
        }
    }

    private func providers(_ value: (ProviderFigures) -> Double?) throws(QueryError) -> Rows {
        let table = try context.memo.table(TimeWindows(Self.providerWindow, endingAt: instants), context)
        var rows = Rows()
        for (provider, figures) in table.figures { rows.rows[[provider]] = figures.map { value($0) ?? SampleColumns.staleMarker } }
        rows.missing = value(ProviderFigures())
        return rows
    }

    private func tokenEfficiency(_ fields: [RequestField]) throws(QueryError) -> Rows {
        let windows = TimeWindows(Self.efficiencyWindow, endingAt: instants)
        let state = context.state
        func sums(_ field: RequestField) throws(QueryError) -> WindowSums {
            try WindowSums(WindowNeed(.sum(field), [.value]), windows, by: fields, .all, context) { state.key($0, fields) }
        }
        let (input, output) = (try sums(.inputTokens), try sums(.outputTokens))
        var rows = Rows()
        for key in input.places.keys {
            guard let inputs = input.row(key, .value), let outputs = output.row(key, .value) else { continue }
            rows.rows[texts(key, fields)] = zip(inputs, outputs).map { $0 > 0 ? Double($1) / Double($0) : SampleColumns.staleMarker }
        }
        return rows
    }

    private func activeClients() throws(QueryError) -> Rows {
        var numbers: [String: UInt32] = [:]
        let sums = try WindowSums(WindowNeed(.count, [.value]), TimeWindows(Self.clientWindow, endingAt: instants), by: [.client], .exists(.client), context) { names in
            guard case .text(let text) = names[0] else { return [0] }
            let number = numbers[text] ?? UInt32(numbers.count + 1)
            numbers[text] = number
            return [number]
        }
        var counts = [Double](repeating: 0, count: instants.count)
        for key in sums.places.keys { for (index, count) in (sums.row(key, .value) ?? []).enumerated() where count > 0 { counts[index] += 1 } }
        return Rows(rows: [[]: counts])
    }

    private func spend(_ period: SpendPeriod, _ fields: [RequestField]) throws(QueryError) -> Rows {
        let windows = TimeWindows(from: instants.map(period.start), to: instants)
        let state = context.state
        let sums = try WindowSums(WindowNeed(.sum(.cost), [.value]), windows, by: fields, .all, context) { state.key($0, fields) }
        var rows = Rows(missing: 0)
        for key in sums.places.keys { rows.rows[texts(key, fields)] = sums.row(key, .value)?.map { Double($0) / RequestField.cost.unit.divisor } }
        return rows
    }

    private func texts(_ key: [UInt32], _ fields: [RequestField]) -> [String] {
        zip(key, fields).map { context.state.values[Int($1.rawValue)].text($0) ?? "" }
    }
}
