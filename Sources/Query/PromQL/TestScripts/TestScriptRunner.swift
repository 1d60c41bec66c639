internal import GatewayModel

/// How one evaluation of a script went.
package struct TestOutcome: Sendable, Equatable {
    /// Of the `eval` line, 1-based.
    package let line: Int
    /// The expression.
    package let text: String
    /// What was expected and what came instead; nil when all is as expected.
    package let failure: String?
}

/// Runs scripts: loads into a storage, evaluates over its reader and compares.
///
/// As upstream, an instant evaluation is done several times: as it is, over a range around its instant, and both again at other instants with `@`
/// added to every selector, where the values must be the same.
///
/// Source: prometheus/prometheus `promql/promqltest/test.go`.
package struct TestScriptRunner: Sendable {
    private let storage: any TestStorage

    /// Upstream's limit for its scripts.
    private static let samplesMax = 10_000

    package init(storage: any TestStorage) { self.storage = storage }

    /// Runs a script over an empty storage, to its end also after failures.
    ///
    /// - Returns: one outcome for each evaluation, in their order.
    /// - Throws: when series cannot be loaded.
    package func run(_ script: TestScript) async throws(TestScriptError) -> [TestOutcome] {
        var outcomes: [TestOutcome] = []
        try await clear(line: 1)
        for command in script.commands {
            switch command {
            case .clear: try await clear(line: 1)
            case .load(let load): try await run(load)
            case .evaluate(let evaluation):
                outcomes.append(TestOutcome(line: evaluation.line, text: evaluation.text, failure: failure(of: evaluation)))
            }
        }
        return outcomes
    }

    private func clear(line: Int) async throws(TestScriptError) {
        do { try await storage.clear() } catch { throw TestScriptError(line: line, message: "cannot clear: \(error)") }
    }

    private func run(_ load: TestScript.Load) async throws(TestScriptError) {
        do {
            var conversion = ClassicConversion()
            for (labels, samples) in load.columns {
                try await storage.load(labels, samples)
                if load.addsNativeHistograms { conversion.add(labels, samples) }
            }
            for (labels, samples) in try conversion.converted() { try await storage.load(labels, samples) }
        } catch let error as ClassicConversionError {
            throw TestScriptError(line: load.line, message: error.message)
        } catch {
            throw TestScriptError(line: load.line, message: "cannot load: \(error)")
        }
    }

    private var engine: PromQLEngine {
        PromQLEngine(
            reader: storage.reader, options: PromQLOptions(samplesMax: Self.samplesMax, timeoutSeconds: 100, delaysNameRemoval: true, parallelism: 1))
    }

    private func failure(of evaluation: TestScript.Evaluation) -> String? {
        let engine = engine
        do {
            if evaluation.isRange {
                try check(evaluation) { () throws(PromQLError) in try engine.range(evaluation.expression, grid: evaluation.grid) }
                return nil
            }
            try checkInstant(evaluation, evaluation.expression, at: evaluation.grid.start)
            guard let pinned = try Self.pinned(evaluation) else { return nil }
            for time in Self.otherTimes(evaluation.grid.start) { try checkInstant(evaluation, pinned, at: time) }
            return nil
        } catch {
            return error.message
        }
    }

    /// The expression with `@` added, written and read again; nil when it cannot be pinned to an instant.
    private static func pinned(_ evaluation: TestScript.Evaluation) throws(TestMismatch) -> Expression? {
        guard let text = evaluation.expression.pinned(at: evaluation.grid.start)?.text else { return nil }
        do {
            return try PromQLParser.parse(text)
        } catch {
            throw TestMismatch("\(text) cannot be read: \(error.description)")
        }
    }

    /// Instants at which an expression that is pinned to one instant must have the same value.
    private static func otherTimes(_ time: Int64) -> [Int64] { time == 0 ? [-1000, 0, 1000] : [-10 * time, 0, time / 5, time, 10 * time] }

    private func checkInstant(
        _ evaluation: TestScript.Evaluation, _ expression: Expression, at time: Int64
    ) throws(TestMismatch) {
        let engine = engine
        let answer = try check(evaluation) { () throws(PromQLError) in try engine.instant(expression, at: time) }
        guard let answer, evaluation.rangeVector == nil, evaluation.string == nil, !evaluation.dependsOnRange else { return }
        let grid = StepGrid(start: time - 60_000, end: time + 60_000, step: 60_000)
        let ranged: QueryAnswer
        do {
            ranged = try engine.range(expression, grid: grid)
        } catch {
            throw TestMismatch("in range mode at \(time) ms: \(error.message)")
        }
        if evaluation.isOrdered { return }
        do {
            try evaluation.compare(ranged.value.column(at: time, like: answer.value))
        } catch {
            throw TestMismatch("in range mode at \(time) ms: \(error.message)")
        }
    }

    /// Evaluates and compares.
    ///
    /// - Returns: nil when the evaluation was to fail and did.
    @discardableResult
    private func check(
        _ evaluation: TestScript.Evaluation, _ evaluate: () throws(PromQLError) -> QueryAnswer
    ) throws(TestMismatch) -> QueryAnswer? {
        let answer: QueryAnswer
        do {
            answer = try evaluate()
        } catch {
            try evaluation.checkFailure(error)
            return nil
        }
        if evaluation.expectations.contains(where: { $0.kind == .fail }) { throw TestMismatch("expected an error but got none") }
        try evaluation.checkNotes(answer.notes)
        try evaluation.compare(answer.value)
        return answer
    }
}

/// What is not as a script expects it.
struct TestMismatch: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

extension TestScript.Load {
    /// The series as samples; of a series that stands there twice the second counts.
    fileprivate var columns: [(SeriesLabels, SampleColumns)] {
        var columns: [SeriesLabels: SampleColumns] = [:]
        for series in series {
            var samples = SampleColumns()
            for (index, value) in series.values.enumerated() {
                let time = Int64(index) * stepMilliseconds
                switch value {
                case .missing: break
                case .number(let number): samples.append(time, number)
                case .histogram(let histogram, _): samples.append(time, histogram)
                }
            }
            columns[series.labels] = samples
        }
        return columns.sorted { $0.key < $1.key }
    }
}
