package import GatewayModel
package import RequestQuery

/// Looks among the records for what lies behind an alert: the model, provider and client whose requests moved most since it began.
///
/// Bounded: three questions, a limited number of parts, a deadline. Finding nothing is an answer; so is having no time.
package struct RecordCauseFinder: CauseFinder {
    /// Parts that are looked at; with more, the largest ones are.
    static let cellsMax = 2_000
    /// Rates look back some minutes: what made the condition true began that long before it was.
    static let leadSeconds: Int64 = 300
    /// What "before" means: long enough to know what is usual.
    static let beforeSeconds: Int64 = 3_600
    /// Of an alert that fires for days, its beginning is looked at.
    static let sinceSecondsMax: Int64 = 3_600

    private let reader: any RequestReader
    private let queries: QueryRunner
    private let deadlineSeconds: Double

    /// - Parameter queries: whose turns the questions take; best one of its own.
    package init(reader: any RequestReader, queries: QueryRunner, deadlineSeconds: Double = 1) {
        self.reader = reader
        self.queries = queries
        self.deadlineSeconds = deadlineSeconds
    }

    /// What most likely lies behind an alert; nil when nothing stands out, when the records say nothing about it, or when there was not enough time.
    package func cause(of alert: Alert, now: Timestamp) async -> AlertCause? {
        guard let question = CauseQuestion(alert), let evidence = alert.evidence else { return nil }
        let deadline = deadlineSeconds
        // The time that a question waits for its turn counts too.
        return await withTaskGroup(of: AlertCause??.self) { group in
            group.addTask { .some(await find(question, evidence, RecordConditions(alert.labels), now)) }
            group.addTask {
                try? await Task.sleep(for: .seconds(deadline))
                return .none
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 }.flatMap { $0 }
        }
    }

    private func find(_ question: CauseQuestion, _ evidence: AlertEvidence, _ conditions: RecordConditions, _ now: Timestamp) async -> AlertCause? {
        let second = Timestamp.microsecondsPerSecond
        let start = Timestamp(microseconds: min(evidence.activeAt, now).microseconds - Self.leadSeconds * second)
        let end = Timestamp(microseconds: min(now.microseconds, start.microseconds + Self.sinceSecondsMax * second) + 1)
        let before = TimeRange(from: Timestamp(microseconds: start.microseconds - Self.beforeSeconds * second), to: start)
        do throws(QueryError) {
            let since = TimeRange(from: start, to: end)
            let scale = Double(end.microseconds - start.microseconds) / Double(Self.beforeSeconds * second)
            let cells = CauseCells(cells: Self.joined(try await ask(question, before, conditions, now), try await ask(question, since, conditions, now), scale), isDrop: question.isDrop)
            guard let finding = cells.finding(amountMin: question.amountMin) else { return nil }
            let found = zip(CauseCells.dimensions, finding.key).compactMap { field, value in value.map { RecordConditions.Condition(field: field, value: $0) } }
            let part = conditions.adding(found)
            var sentence = Self.place(finding.key, conditions) + ": " + question.figures(finding.amount, of: finding.total)
            if question.kind == .errors, let type = try await mostCommonError(part, since, now) { sentence += ", mostly \(type)" }
            return AlertCause(sentence: sentence, filter: part.text)
        } catch { return nil }
    }

    // MARK: Questions

    private func ask(_ question: CauseQuestion, _ range: TimeRange, _ conditions: RecordConditions, _ now: Timestamp) async throws(QueryError) -> [[String?]: (amount: Double, requests: Double)] {
        var query = RequestQuery()
        (query.from, query.to) = (.absolute(range.from), .absolute(range.to))
        query.by = CauseCells.dimensions
        query.measures = try question.measures { text throws(QueryError) in try QueryFilter(text) }
        query.filter = QueryFilter(text: conditions.text, filter: conditions.filter)
        query.limit = Self.cellsMax
        let result = try await run(query, now)
        var cells: [[String?]: (amount: Double, requests: Double)] = [:]
        for index in 0..<result.rowCount {
            let row = Array(result.row(index))
            let key = row.prefix(query.by.count).map { value -> String? in if case .text(let text) = value { text } else { nil } }
            let numbers = row.dropFirst(query.by.count).map { $0.double ?? 0 }
            cells[key] = (numbers[0] + (numbers.count > 2 ? numbers[2] : 0), numbers[1])
        }
        return cells
    }

    /// The class of failure that most of a part's errors have; nil when none has.
    private func mostCommonError(_ part: RecordConditions, _ range: TimeRange, _ now: Timestamp) async throws(QueryError) -> String? {
        guard part.value(of: .errorType) == nil else { return nil }
        var query = RequestQuery()
        (query.from, query.to) = (.absolute(range.from), .absolute(range.to))
        query.by = [.errorType]
        query.filter = QueryFilter(text: part.text, filter: part.filter).and(try QueryFilter(CauseQuestion.failed))
        query.limit = 50
        let result = try await run(query, now)
        let counts = (0..<result.rowCount).map { Array(result.row($0)) }
        let total = counts.reduce(0) { $0 + ($1.last?.double ?? 0) }
        guard let first = counts.first, case .text(let type) = first[0], let count = first.last?.double, count > total / 2 else { return nil }
        return type
    }

    private func run(_ query: RequestQuery, _ now: Timestamp) async throws(QueryError) -> QueryResult {
        let (reader, cache) = (reader, queries.cache)
        var limits = QueryLimits()
        limits.timeoutSeconds = deadlineSeconds
        let bounds = limits
        return try await queries.perform(asker: "alerts") { cancellation throws(QueryError) in
            try QueryEngine.run(query, over: reader.snapshot(of: try query.range(now: now)), now: now, limits: bounds, cache: cache, cancellation: cancellation)
        }
    }

    private static func joined(_ before: [[String?]: (amount: Double, requests: Double)], _ since: [[String?]: (amount: Double, requests: Double)], _ scale: Double) -> [CauseCell] {
        Set(before.keys).union(since.keys).map { key in
            CauseCell(key: key, before: (before[key]?.amount ?? 0) * scale, since: since[key]?.amount ?? 0, requests: since[key]?.requests ?? 0)
        }
    }

    /// `gpt-4o at openai for client batch-7`: what was found, with what the alert itself names.
    private static func place(_ key: [String?], _ conditions: RecordConditions) -> String {
        func name(_ index: Int) -> String? { (conditions.value(of: CauseCells.dimensions[index]) ?? key[index]).map { String($0.prefix(120)) } }
        switch (name(0), name(1), name(2)) {
        case (let model?, let provider?, let client?): return "\(model) at \(provider) for client \(client)"
        case (let model?, let provider?, nil): return "\(model) at \(provider)"
        case (let model?, nil, let client?): return "\(model) for client \(client)"
        case (nil, let provider?, let client?): return "\(provider) for client \(client)"
        case (let model?, nil, nil): return model
        case (nil, let provider?, nil): return provider
        case (nil, nil, let client?): return "client \(client)"
        case (nil, nil, nil): return "all requests"
        }
    }
}
