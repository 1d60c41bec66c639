@testable import AlertDelivery
import GatewayModel
import KeepTestSupport
import Testing

struct RetryTableTests {
    private enum Verdict { case delivered, again, giveUp, disable }

    private func verdict(_ outcome: DeliveryOutcome) -> Verdict {
        switch outcome {
        case .delivered, .deliveredExcept: .delivered
        case .retry: .again
        case .giveUp: .giveUp
        case .disable: .disable
        }
    }

    @Test func statusesMeanWhatTheTableSays() {
        let rows: [(Int, Verdict)] = [
            (200, .delivered), (201, .delivered), (202, .delivered), (204, .delivered), (301, .giveUp), (302, .giveUp), (307, .giveUp), (400, .giveUp), (401, .giveUp), (403, .giveUp),
            (404, .giveUp), (408, .again), (409, .giveUp), (410, .disable), (413, .giveUp), (422, .giveUp), (429, .again), (500, .again), (501, .again), (502, .again), (503, .again),
            (504, .again), (599, .again),
        ]
        for (status, wanted) in rows { #expect(verdict(RetryTable.outcome(of: DeliveryAnswer(status: status), at: TestClock.start)) == wanted, "\(status)") }
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("30", 30), (" 12 ", 12), ("100000", 300), ("99999999999999999999999", 300),
        ("Thu, 05 Mar 2026 12:00:20 GMT", 20), ("Thursday, 05-Mar-26 12:01:00 GMT", 60), ("Thu Mar  5 12:00:09 2026", 9), ("Thu, 05 Mar 2026 11:00:00 GMT", 0), ("Fri, 06 Mar 2026 12:00:00 GMT", 300),
    ])
    func retryAfterIsSecondsOrADate(text: String, seconds: Double) { #expect(RetryTable.seconds(text, at: TestClock.start) == seconds) }

    @Test(arguments: ["", "soon", "-1", "1.5", "12s", "Thu, 99 Mar 2026"]) func whatIsNeitherIsIgnored(text: String) { #expect(RetryTable.seconds(text, at: TestClock.start) == nil) }

    @Test func waitsDoubleUpToAMinuteAndAreSpreadOverTheWholeSpan() {
        #expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map { RetryTable.backoffSeconds(failures: $0, jitter: 1) } == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(RetryTable.backoffSeconds(failures: 7, jitter: 0.5) == 30)
        #expect(RetryTable.backoffSeconds(failures: 7, jitter: 0) == 0.05)
    }

    @Test func noAnswerIsTriedAgainUnlessItWouldBeTheSame() {
        #expect(RetryTable.outcome(of: DeliveryFailure("refused", isRetryable: true)) == .retry(.init("refused")))
        #expect(RetryTable.outcome(of: DeliveryFailure("lost", isRetryable: true, mayHaveArrived: true)) == .retry(.init("lost", mayHaveArrived: true)))
        #expect(RetryTable.outcome(of: DeliveryFailure("private address", isRetryable: false)) == .giveUp("private address"))
        #expect(RetryTable.outcome(of: DeliveryFailure("busy", isRetryable: true, retryAfterSeconds: 9_999)) == .retry(.init("busy", afterSeconds: 300)))
    }

    @Test func anErrorTellsTheStartOfTheAnswer() {
        let answer = DeliveryAnswer(status: 400, body: Array("invalid\n  \(String(repeating: "ä", count: 500))".utf8))
        let sentence = RetryTable.sentence(answer)
        #expect(sentence.hasPrefix("the receiver answered 400: invalid äää"))
        #expect(sentence.hasSuffix("ä…"))
        #expect(sentence.count < 240)
    }

    @Test func textsAreCutOnCharacters() {
        #expect("abc".truncated(3) == "abc")
        #expect("abcd".truncated(3) == "ab…")
        #expect("👩‍👩‍👧‍👦x👩‍👩‍👧‍👦".truncated(2) == "👩‍👩‍👧‍👦…")
        #expect("äöü".truncated(utf8: 6) == "äöü")
        #expect("äöüx".truncated(utf8: 6) == "ä…")
    }
}
