internal import ByteCoding
internal import GatewayModel
internal import Logging
internal import PromQL
internal import RequestQuery
internal import Synchronization

/// The questions of one page, answered from one state of the store: each answer as JSON text, made where it was found.
final class PanelBatch: Sendable {
    private let questions: [Result<PanelQuestion, APIError>]
    private let services: WebServices
    private let limits: QueryLimits
    private let cache: ScanCache
    private let now = Timestamp.now()
    /// When answers of this batch are true: its state of the store is not older.
    private let moment = ContinuousClock.now
    private let recent: RecentAnswers
    private let state: Mutex<State>

    private struct State {
        /// The first question that nobody has taken yet.
        var next = 0
        var answers: [[UInt8]?]
        /// Taken when the first question needs it.
        var snapshot: StoreSnapshot?
    }

    init(_ questions: [Result<PanelQuestion, APIError>], services: WebServices, runner: QueryRunner, recent: RecentAnswers) {
        self.questions = questions
        self.recent = recent
        self.services = services
        limits = runner.limits
        cache = runner.cache
        state = Mutex(State(answers: Array(repeating: nil, count: questions.count)))
    }

    var count: Int { questions.count }

    /// The answers in the order of the questions, one element each; nil while not all are there.
    var answers: [[UInt8]]? {
        state.withLock { state in
            let found = state.answers.compactMap(\.self)
            return found.count == state.answers.count ? found : nil
        }
    }

    /// Answers the questions to which an answer of a moment ago will do: that needs no turn.
    func takeRecent() {
        for (index, question) in questions.enumerated() {
            guard case .success(let question) = question, let answer = recentAnswer(question) else { continue }
            state.withLock { $0.answers[index] = answer }
        }
    }

    private func recentAnswer(_ question: PanelQuestion) -> [UInt8]? {
        recent.find(question.text, ageMax: question.ageMax).map { $0.answer.json(known: question.known, age: $0.age) }
    }

    /// Takes one question after the other that nobody has taken yet, and answers it. May run on several threads at the same time.
    ///
    /// - Throws: `cancelled`.
    func work(_ cancellation: QueryCancellation) throws(QueryError) {
        while let index = take() {
            let answer = try answer(questions[index], cancellation)
            state.withLock { $0.answers[index] = answer }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            while state.next < questions.count && state.answers[state.next] != nil { state.next += 1 }
            guard state.next < questions.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func answer(_ question: Result<PanelQuestion, APIError>, _ cancellation: QueryCancellation) throws(QueryError) -> [UInt8] {
        if cancellation.isCancelled { throw QueryError(.cancelled, "the query was called off") }
        do {
            let question = try question.get()
            // Another page may have got it while this one waited for its turn.
            if let answer = recentAnswer(question) { return answer }
            let answer = try answer(question.subject, cancellation)
            if question.ageMax > .zero { recent.keep(answer, to: question.text, from: moment) }
            return answer.json(known: question.known)
        } catch let error as APIError {
            return PanelAnswer.json(error)
        } catch let error as PrometheusError {
            if error.kind == .canceled { throw QueryError(.cancelled, "the query was called off") }
            return PanelAnswer.json(error.panelError)
        } catch let error as QueryError {
            if error.code == .cancelled { throw error }
            return PanelAnswer.json(error.apiError)
        } catch {
            services.logger.error("a panel's question failed", metadata: ["error": "\(error)"])
            return PanelAnswer.json(APIError(.internal, "the question failed; the server's log says why"))
        }
    }

    private func answer(_ subject: PanelQuestion.Subject, _ cancellation: QueryCancellation) throws -> PanelAnswer {
        switch subject {
        case .requests(let query):
            PanelAnswer(try QueryEngine.run(query, over: snapshot(), now: now, limits: limits, cache: cache, cancellation: cancellation))
        case .series(let question): try answer(question, cancellation)
        }
    }

    private func answer(_ question: SeriesQuestion, _ cancellation: QueryCancellation) throws -> PanelAnswer {
        let range = try question.range(now: now)
        let grid = try question.grid(range)
        let engine = PromQLEngine(reader: services.series.reader, options: services.series.options)
        let answer: QueryAnswer
        do throws(PromQLError) {
            answer =
                if let grid {
                    try engine.range(question.expression, grid: grid, isCancelled: { cancellation.isCancelled })
                } else {
                    try engine.instant(question.expression, at: SeriesQuestion.instant(range), isCancelled: { cancellation.isCancelled })
                }
        } catch { throw PrometheusError(error) }
        let told = QueryAnswerBody(answer, query: question.text, limit: nil, hasStatistics: false)
        var table = SeriesTable(answer, grid: grid, notes: told.warnings + told.infos)
        table.keepLargest(question.series)
        return PanelAnswer(table, range: range, everySeconds: grid.map { Double($0.step) / 1_000 })
    }

    /// What all questions to the requests look at: one state of the store, over the time that any of them asks for.
    private func snapshot() -> StoreSnapshot {
        state.withLock { state in
            if let snapshot = state.snapshot { return snapshot }
            let ranges = questions.compactMap { question -> TimeRange? in
                guard case .success(let question) = question, case .requests(let query) = question.subject else { return nil }
                return try? query.range(now: now)
            }
            let snapshot = services.reader.snapshot(of: TimeRange(from: ranges.map(\.from).min() ?? now, to: ranges.map(\.to).max() ?? now))
            state.snapshot = snapshot
            return snapshot
        }
    }
}

extension PrometheusError {
    /// The error as the own API tells it of a panel's question.
    var panelError: APIError {
        let code: APIError.Code =
            switch kind {
            case .timeout: .queryTimeout
            case .internal: .internal
            case .tooManyRequests: .overloaded
            default: .invalidRequest
            }
        return APIError(code, message, field: "promql")
    }
}
