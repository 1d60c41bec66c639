import ByteCoding
import GatewayModel
import RequestQuery
import Testing

@testable import WebAPI

struct RecentAnswersTests {
    private static func question(_ number: Int) -> RecentAnswers.Question {
        var parameters = QueryParameters()
        parameters.limit = number
        return RecentAnswers.Question(parameters: parameters, filter: .all, promql: nil, seriesMax: nil)
    }

    private static func answer(_ name: String, bytes: Int = 10) -> PanelAnswer {
        let range = TimeRange(from: Timestamp(microseconds: 0), to: Timestamp(microseconds: 1))
        return PanelAnswer(range: range, hash: name, figures: Array(#"{"a":"\#(String(repeating: "x", count: bytes))"}"#.utf8), rest: [])
    }

    private static func hash(_ found: (answer: PanelAnswer, age: Duration)?) throws -> String? {
        try found.map { try #require(try JSONValue.parsed(String(decoding: $0.answer.json(known: nil), as: UTF8.self)).at("hash")?.string) }
    }

    @Test func theLatestAnswerIsGiven() throws {
        let recent = RecentAnswers()
        let now = ContinuousClock.now
        recent.keep(Self.answer("new"), to: Self.question(1), from: now)
        // A slow batch comes with an answer of before.
        recent.keep(Self.answer("old"), to: Self.question(1), from: now - .seconds(2))
        #expect(try Self.hash(recent.find(Self.question(1), ageMax: .seconds(60))) == "new")
    }

    @Test func anAnswerThatIsTooOldIsNotGiven() {
        let recent = RecentAnswers()
        recent.keep(Self.answer("a"), to: Self.question(1), from: .now - .seconds(30))
        #expect(recent.find(Self.question(1), ageMax: .seconds(29)) == nil)
        #expect(recent.find(Self.question(1), ageMax: .seconds(60))?.age ?? .zero >= .seconds(30))
        #expect(recent.find(Self.question(1), ageMax: .zero) == nil)
    }

    @Test func theOldestGoWhenThereIsNoRoom() {
        let recent = RecentAnswers(bytesMax: 20_000)
        let now = ContinuousClock.now
        for number in 0..<30 { recent.keep(Self.answer("a", bytes: 1_000), to: Self.question(number), from: now - .seconds(30 - number)) }
        let kept = (0..<30).filter { recent.find(Self.question($0), ageMax: .seconds(60)) != nil }
        #expect(kept.last == 29 && kept.count < 20 && kept == Array((30 - kept.count)..<30))
    }

    @Test func anAnswerThatFillsTheRoomIsNotKept() {
        let recent = RecentAnswers(bytesMax: 20_000)
        recent.keep(Self.answer("a", bytes: 5_000), to: Self.question(1), from: .now)
        #expect(recent.find(Self.question(1), ageMax: .seconds(60)) == nil)
    }
}
