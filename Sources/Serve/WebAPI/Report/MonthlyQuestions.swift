internal import Dashboards
internal import GatewayModel
internal import RequestQuery

/// What a report asks of the requests, and how the answers become its figures.
struct MonthlyQuestions {
    let month: ReportMonth
    let timeZone: String

    /// Rows of each table of the report.
    private static let rowsMax = 10
    /// Groups of the month before that are looked through for those rows.
    private static let groupsBefore = 1_000
    private static let failed = "error_type: * and not error_type: client_closed"
    private static let totals = [
        "count", "ratio(not status >= 500)", "ratio(\(failed))", "p95(duration)", "p95(ttft)", "sum(cost)", "sum(input_tokens)", "sum(output_tokens)", "distinct(client)",
        "count(input_tokens: * and not cost: *)",
    ]
    private static let tables: [(field: String, order: String)] = [("provider", "-count"), ("model", "-sum(cost)"), ("client", "-sum(cost)")]

    /// In the order that ``figures(_:isRunning:)`` takes the answers.
    func queries() throws(QueryError) -> [RequestQuery] {
        var all: [RequestQuery] = []
        // Each by itself: most are answered from rollups, and one that is not shall not take the others with it.
        for period in [month, month.previous] { for measure in Self.totals { all.append(try query(period, [measure])) } }
        all.append(try query(month, ["count", "ratio(\(Self.failed))", "sum(cost)"], every: "1d"))
        for table in Self.tables {
            all.append(try query(month, ["count", "ratio(\(Self.failed))", "p95(duration)", "sum(cost)"], by: table.field, order: table.order, limit: Self.rowsMax))
            all.append(try query(month.previous, ["sum(cost)", "count"], by: table.field, order: "-count", limit: Self.groupsBefore))
        }
        return all
    }

    private func query(_ period: ReportMonth, _ measures: [String], every: String? = nil, by: String? = nil, order: String? = nil, limit: Int? = nil) throws(QueryError) -> RequestQuery {
        var parameters = QueryParameters()
        (parameters.from, parameters.to, parameters.timeZone) = (period.first, period.end, timeZone)
        (parameters.measures, parameters.every, parameters.order, parameters.limit) = (measures, every, order, limit)
        if let by {
            parameters.by = [by]
            parameters.where = "\(by): *"
        }
        return try parameters.query()
    }

    /// - Parameter answers: one for each of ``queries()``.
    func figures(_ answers: [QueryResult], isRunning: Bool) -> MonthlyFigures {
        var figures = MonthlyFigures(month: month.name, monthBefore: month.previous.name, timeZone: timeZone)
        figures.isRunning = isRunning
        let count = Self.totals.count
        guard answers.count == 2 * count + 1 + Self.tables.count * 2 else { return figures }
        figures.now = Self.totals(answers[..<count])
        let before = Self.totals(answers[count..<(2 * count)])
        figures.before = before.requests > 0 && answers[count].completeness.isComplete ? before : nil
        figures.notes = answers[0].completeness.notes
        let further = Array(answers[(2 * count)...])
        figures.days = Self.rows(further[0]).compactMap { row in
            guard case .time(let time)? = row.first else { return nil }
            let values = row.dropFirst().map(\.double)
            return MonthlyFigures.Day(time: time, requests: values[0] ?? 0, errorRate: values[1], cost: values[2])
        }
        let tables = Self.tables.indices.map { Self.table(further[1 + $0 * 2], before: further[2 + $0 * 2]) }
        (figures.providers, figures.models, figures.clients) = (tables[0], tables[1], tables[2])
        return figures
    }

    /// - Parameter answers: one for each of the measures, in their order.
    private static func totals(_ answers: ArraySlice<QueryResult>) -> MonthlyFigures.Totals {
        var totals = MonthlyFigures.Totals()
        let values = answers.map { $0.values.first?.double }
        totals.requests = values[0] ?? 0
        (totals.availability, totals.errorRate, totals.p95, totals.ttftP95) = (values[1], values[2], values[3], values[4])
        (totals.cost, totals.inputTokens, totals.outputTokens) = (values[5], values[6], values[7])
        (totals.clients, totals.unpriced) = (values[8] ?? 0, values[9] ?? 0)
        return totals
    }

    private static func table(_ answer: QueryResult, before: QueryResult) -> [MonthlyFigures.Row] {
        var costs: [String: Double] = [:]
        for row in rows(before) { if case .text(let name)? = row.first { costs[name] = row[row.startIndex + 1].double ?? 0 } }
        return rows(answer).compactMap { row in
            guard case .text(let name)? = row.first else { return nil }
            let values = row.dropFirst().map(\.double)
            return MonthlyFigures.Row(name: name, requests: values[0] ?? 0, errorRate: values[1], p95: values[2], cost: values[3], costBefore: costs[name])
        }
    }

    private static func rows(_ answer: QueryResult) -> [ArraySlice<QueryValue>] { (0..<answer.rowCount).map { answer.row($0) } }
}
