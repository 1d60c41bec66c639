import ByteCoding
import GatewayModel
import Testing

@testable import RequestQuery

private let start: Int64 = 1_772_712_000_000_000
private let minute: Int64 = 60_000_000
private let span = TimeRange(from: Timestamp(microseconds: start), to: Timestamp(microseconds: start + 60 * minute))
private let now = Timestamp(microseconds: start + 90 * minute)

/// A hundred requests a span: what each looks like is said by its number and whether it is in the span that is looked into.
private func snapshot(_ fill: (inout SampleRow, Int, _ isNow: Bool) -> Void) -> StoreSnapshot {
    let rows = (0..<200).map { index in
        var row = SampleRow()
        let isNow = index >= 100
        row.integers[.time] = start + (isNow ? 0 : -60 * minute) + Int64(index % 100) * minute / 2
        row.integers[.sequence] = Int64(index + 1)
        (row.integers[.status], row.integers[.duration]) = (200, 1_000_000)
        fill(&row, index % 100, isNow)
        return row
    }
    return SampleRow.snapshot(rows, sizes: [70, 80, 50])
}

private func answer(_ measure: String, _ snapshot: StoreSnapshot, _ change: (inout ChangeQuestion) -> Void = { _ in }) throws -> ChangeAnswer {
    var question = ChangeQuestion(span: span, baseline: ChangeQuestion.baseline(of: span), measure: try QueryMeasure(measure))
    change(&question)
    return try ChangeFinder.run(question, over: snapshot, now: now)
}

struct ChangeCausesTests {
    /// A fifth of the requests goes to one model, whose requests begin to fail.
    private static let failing = snapshot { row, index, isNow in
        row.texts[.model] = index % 5 == 0 ? "gpt-4o" : "o3"
        row.texts[.requestModel] = row.texts[.model]
        row.texts[.provider] = index % 2 == 0 ? "openai" : "azure"
        if isNow, index % 5 == 0 { (row.integers[.status], row.texts[.errorType]) = (503, "unavailable") }
    }

    @Test func theModelThatFailsIsNamedFirst() throws {
        let answer = try answer("ratio(status >= 500)", Self.failing) { $0.fields = [.provider, .model, .requestModel, .status] }
        #expect(answer.before == 0 && answer.now == 0.2)
        let first = try #require(answer.causes.first)
        // Requests of status 503 and of the model are not the same before: the model had requests that did not fail.
        #expect(Set(answer.causes.prefix(2).map(\.filterText)) == ["model: \"gpt-4o\"", "status: 503"])
        #expect(first.contribution == 0.2)
        let model = try #require(answer.causes.first { $0.field == .model })
        #expect(model.alike == ["request_model: \"gpt-4o\""])
        #expect((model.now, model.before, model.shareNow, model.shareBefore) == (1, 0, 0.2, 0.2))
        // What ends well is no cause, though failures would be all that is left without it.
        #expect(!answer.causes.contains { $0.filterText == "status: 200" })
    }

    @Test func aMixThatShiftsIsACause() throws {
        // Slow requests do not become slower: there are more of them.
        let shifted = snapshot { row, index, isNow in
            let isLong = index % 10 < (isNow ? 5 : 1)
            (row.texts[.client], row.integers[.duration]) = (isLong ? "batch" : "chat", isLong ? 10_000_000 : 1_000_000)
            row.texts[.provider] = index % 2 == 0 ? "openai" : "azure"
        }
        let answer = try answer("avg(duration)", shifted)
        #expect(answer.difference == 3.6)
        #expect(answer.causes.first?.filterText == "client: \"batch\"")
        #expect(answer.mixes.first?.field == .client)
        #expect(abs((answer.mixes.first?.moved ?? 0) - 0.4) < 1e-12)
    }

    @Test func aPercentileIsComputedAgainWithoutEachCandidate() throws {
        let slow = snapshot { row, index, isNow in
            row.texts[.gatewayNode] = "node-\(index % 4)"
            row.texts[.provider] = "openai"
            row.integers[.duration] = Int64(index) * 10_000 + (isNow && index % 4 == 2 ? 5_000_000 : 0)
        }
        let answer = try answer("p95(duration)", slow)
        let first = try #require(answer.causes.first)
        #expect(first.filterText == "gateway_node: \"node-2\"")
        #expect(first.contribution > 0.9 * (answer.difference ?? 0))
        #expect(first.now ?? 0 > 5)
    }

    @Test func requestsWithoutAValueAreAValue() throws {
        let answer = try answer("count", snapshot { row, index, isNow in if !isNow || index % 2 == 0 { row.texts[.team] = "search" } }) { $0.fields = [.team] }
        #expect(answer.difference == 0)
        let grown = try self.grown()
        #expect(grown.causes.map(\.filterText) == ["not team: *"])
        #expect(grown.causes.first?.value == .null)
    }

    private func grown() throws -> ChangeAnswer {
        try answer("sum(input_tokens)", snapshot { row, index, isNow in
            if index % 2 == 0 { row.texts[.team] = "search" }
            row.integers[.inputTokens] = isNow && index % 2 == 1 ? 30 : 10
        }) { $0.fields = [.team] }
    }

    @Test func valuesOfFewRequestsAreLeftOutAndCounted() throws {
        let answer = try answer("count(status >= 500)", snapshot { row, index, isNow in
            row.texts[.client] = index < 9 ? "rare-\(index)" : "common"
            if isNow { row.integers[.status] = 500 }
        }) { $0.fields = [.client] }
        #expect(answer.causes.map(\.filterText) == ["client: \"common\""])
        #expect(answer.valuesDropped == 9)
        #expect(answer.notes.contains { $0.hasPrefix("9 values") })
    }

    @Test func aValueOfAllRequestsExplainsNoRatio() throws {
        let answer = try answer("ratio(status >= 500)", snapshot { row, index, isNow in
            row.texts[.provider] = isNow ? "new" : "old"
            if isNow { row.integers[.status] = 500 }
        }) { $0.fields = [.provider] }
        #expect(answer.difference == 1)
        #expect(answer.causes.isEmpty)
        #expect(answer.mixes.map(\.moved) == [1])
    }

    @Test func nothingToCompareIsSaid() throws {
        let nobody = try QueryFilter("provider: nobody")
        let answer = try answer("avg(duration)", snapshot { _, _, _ in }) { $0.filter = nobody }
        #expect(answer.difference == nil && answer.causes.isEmpty)
        #expect(answer.notes.contains { $0.hasPrefix("there are no requests") })
    }

    @Test func aLongerBaselineIsMadeComparable() throws {
        let steady = snapshot { row, index, isNow in row.texts[.model] = isNow || index % 2 == 0 ? "a" : "b" }
        let answer = try answer("count", steady) { $0.baseline.from = Timestamp(microseconds: start - 120 * minute) }
        #expect((answer.now, answer.before) == (100, 50))
        #expect(answer.notes.contains { $0.contains("another length") })
    }

    /// A change of the question, and the error.
    static let faults: [(@Sendable (inout ChangeQuestion) -> Void, String)] = [
        ({ $0.span.to = $0.span.from }, "invalid_time from"),
        ({ $0.baseline.to = $0.baseline.from }, "invalid_time baseline_from"),
        ({ $0.baseline.to.microseconds += 1 }, "invalid_time baseline_to"),
        ({ $0.measure = QueryMeasure(.distinct(.client)) }, "invalid_measure measure"),
        ({ $0.measure = QueryMeasure(.maximum(.duration)) }, "invalid_measure measure"),
        ({ $0.limit = 0 }, "invalid_request limit"),
        ({ $0.limit = 101 }, "invalid_request limit"),
        ({ $0.fields = [.requestID] }, "invalid_request fields"),
    ]

    @Test(arguments: faults.indices)
    func aWrongQuestionIsRefused(_ index: Int) throws {
        let error = try #require(throws: QueryError.self) { _ = try answer("count", Self.failing, Self.faults[index].0) }
        #expect("\(error.code.rawValue) \(error.field ?? "")" == Self.faults[index].1)
    }

    @Test func filtersOfCausesFindTheirRequests() throws {
        for (value, text) in [(QueryValue.text("a \"b\" \\c*"), #"model: "a \"b\" \\c*""#), (.null, "not model: *")] {
            let cause = ChangeCause(field: .model, value: value, now: nil, before: nil, shareNow: 0, shareBefore: 0, contribution: 1)
            #expect(cause.filterText == text)
            #expect(try FilterParser.parse(cause.filterText) == cause.filter)
        }
        let flag = ChangeCause(field: .stream, value: .boolean(true), now: nil, before: nil, shareNow: 0, shareBefore: 0, contribution: 1)
        #expect(try FilterParser.parse(flag.filterText) == flag.filter)
    }
}
