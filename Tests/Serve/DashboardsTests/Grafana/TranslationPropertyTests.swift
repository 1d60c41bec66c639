import Foundation
import GatewayModel
import KeepTestSupport
import PromQL
import RequestQuery
import Testing

@testable import Dashboards

/// What the translated expressions say is what the questions themselves answer.
struct TranslationPropertyTests {
    private static let sample = Task { try await TranslationSample(count: 1_500, seed: 11) }

    private static let measures = [
        "count", "rate", "sum(input_tokens)", "sum(output_tokens)", "sum(cost)", "rate(output_tokens)", "avg(duration)", "avg(ttft)", "ratio(error_type: *)",
        "ratio(error_type: * and not error_type: client_closed)", "ratio(not status >= 500)", "count(status_class: (4xx or 5xx))", "distinct(client)", "distinct(model)",
        "ratio(stream: true)", "count(error_type: (rate_limit or timeout))",
    ]
    private static let groups = [[], [], ["provider"], ["model"], ["provider", "model"], ["client"], ["team"], ["status"], ["status_class"], ["error_type"], ["route"], ["client", "team"]]
    private static let tests = [
        "provider: openai", "provider: (openai or groq)", "not provider: openai", "provider: *", "model: model-1*", "not model: *-2", "model: (model-1 or model-3*)", "status >= 500",
        "status: 429", "status: [400 to 499]", "not status >= 500", "status < 300", "status_class: 5xx", "not status_class: 2xx", "error_type: *", "not error_type: *",
        "not error_type: client_closed", "error_type: timeout", "stream: true", "not stream: true", "stream: false", "client: client-1*", "client: *", "operation: *", "team: a", "route: chat",
        "duration > 2s",
    ]

    private static func filter(_ random: inout SeededGenerator, depth: Int = 0) -> String {
        let test = tests.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<(depth > 2 ? 3 : 8), using: &random) {
        case 3, 4: return "(\(filter(&random, depth: depth + 1))) and \(test)"
        case 5: return "(\(filter(&random, depth: depth + 1)) or \(test))"
        case 6: return "not (\(filter(&random, depth: depth + 1)))"
        default: return test
        }
    }

    private struct Case {
        var query: RequestQuery
        var milliseconds: (from: Int64, to: Int64)

        init(_ random: inout SeededGenerator) throws {
            let begin = TranslationSample.start / 1_000 + Int64.random(in: -3_600_000...18_000_000, using: &random)
            milliseconds = (begin, begin + Int64.random(in: 60_000...14_400_000, using: &random))
            var parameters = QueryParameters()
            (parameters.from, parameters.to) = ("\(milliseconds.from)", "\(milliseconds.to)")
            parameters.measures = [TranslationPropertyTests.measures.randomElement(using: &random) ?? ""]
            parameters.by = TranslationPropertyTests.groups.randomElement(using: &random) ?? []
            if Int.random(in: 0..<4, using: &random) > 0 { parameters.where = TranslationPropertyTests.filter(&random) }
            query = try parameters.query()
        }
    }

    @Test(arguments: 0..<12) func theNumbersAreTheSame(_ seed: Int) async throws {
        let sample = try await Self.sample.value
        var random = SeededGenerator(seed: UInt64(seed) &* 6_361 &+ 5)
        var translated = 0
        for _ in 0..<40 {
            let one = try Case(&random)
            let subject = PromQLTranslator.Subject(by: one.query.by, filter: one.query.filter.filter, window: "[\(one.milliseconds.to - one.milliseconds.from)ms]")
            guard let translation = try? PromQLTranslator().translate(one.query.measures[0].function, subject) else { continue }
            translated += 1
            try Self.compare(one.query, translation, at: one.milliseconds.to, sample)
        }
        #expect(translated >= 4, "only \(translated) of 40 questions could be said: the test says little")
    }

    private static func compare(_ query: RequestQuery, _ translation: PromQLTranslator.Translation, at instant: Int64, _ sample: TranslationSample) throws {
        let result = try QueryEngine.run(query, over: sample.store.snapshot(of: query.range(now: TranslationSample.now)), now: TranslationSample.now)
        var asked: [[String]: Double] = [:]
        for index in 0..<result.rowCount {
            let row = Array(result.row(index))
            asked[row.prefix(query.by.count).map(Self.label)] = row.last?.double ?? 0
        }
        let answer = try PromQLEngine(reader: sample.metrics).instant(PromQLParser.parse(translation.expr), at: instant)
        guard case .vector(let samples) = answer.value else { throw Mismatch.noVector }
        var told: [[String]: Double] = [:]
        for one in samples where one.value != 0 || query.by.isEmpty { told[translation.labels.map { one.labels[$0] ?? "" }] = one.value.isNaN ? 0 : one.value }
        for (group, value) in asked where abs(value) > 1e-12 || told[group] != nil {
            let found = told[group] ?? 0
            #expect(abs(found - value) <= max(abs(value) * 1e-9, 1e-9), "\(RequestQueryText.json(query)) in \(group): \(translation.expr)")
        }
        for (group, value) in told where asked[group] == nil { #expect(value == 0, "\(RequestQueryText.json(query)) has no \(group): \(translation.expr)") }
    }

    private enum Mismatch: Error { case noVector }

    /// A group's value as a label has it.
    private static func label(_ value: QueryValue) -> String {
        switch value {
        case .null: ""
        case .integer(let number): "\(number)"
        case .text(let text): text
        case .boolean(let flag): "\(flag)"
        case .number, .counts, .time: "?"
        }
    }
}
