import GatewayModel
import KeepTestSupport
import Testing

@testable import AlertRouting

@Suite struct SilenceLedgerTests {
    private let now = TestClock.start

    private func silence(from: Int64 = 0, to: Int64 = 3_600, _ matchers: [SeriesMatcher] = [SeriesMatcher("a", equals: "b")], id: String = "") -> Silence {
        Silence(id: id, matchers: matchers, startsAt: now.advanced(milliseconds: from * 1000), endsAt: now.advanced(milliseconds: to * 1000), createdBy: "me", comment: "c")
    }

    @Test func aLongerEndKeepsTheIDAndOtherMatchersDoNot() throws {
        var ledger = SilenceLedger()
        let id = try ledger.set(silence(), newID: "1", now: now)
        let later = now.advanced(milliseconds: 60_000)
        #expect(try ledger.set(silence(to: 7_200, id: id), newID: "2", now: later) == "1")
        #expect(ledger["1"]?.endsAt == now.advanced(milliseconds: 7_200_000))
        #expect(try ledger.set(silence([SeriesMatcher("a", equals: "c")], id: id), newID: "3", now: later) == "3")
        #expect(ledger["1"]?.state(at: later) == .expired && ledger["3"]?.state(at: later) == .active)
        #expect(ledger["3"]?.startsAt == later, "the past is not silenced")
    }

    @Test func anExpiredOneIsMadeAnew() throws {
        var ledger = SilenceLedger()
        _ = try ledger.set(silence(), newID: "1", now: now)
        let (first, second) = (try ledger.expire("1", now: now.advanced(milliseconds: 1_000)), try ledger.expire("1", now: now.advanced(milliseconds: 2_000)))
        #expect(first && !second)
        #expect(try ledger.set(silence(id: "1"), newID: "2", now: now.advanced(milliseconds: 3_000)) == "2")
    }

    @Test func aPendingOneMayBeMovedButNotIntoThePast() throws {
        var ledger = SilenceLedger()
        _ = try ledger.set(silence(from: 600), newID: "1", now: now)
        #expect(ledger["1"]?.state(at: now) == .pending)
        #expect(ledger.matching(SeriesLabels([SeriesLabel("a", "b")]), now: now) == ["1"])
        #expect(try ledger.set(silence(from: 900, id: "1"), newID: "2", now: now) == "1")
        #expect(try ledger.set(silence(from: -10, id: "1"), newID: "3", now: now) == "3")
        #expect(ledger["1"]?.state(at: now) == .expired)
    }

    @Test func theOldOnesAreForgottenAfterFiveDays() throws {
        var ledger = SilenceLedger()
        _ = try ledger.set(silence(), newID: "1", now: now)
        let early = ledger.forget(now: now.advanced(milliseconds: SilenceLedger.retention))
        let late = ledger.forget(now: now.advanced(milliseconds: SilenceLedger.retention + 3_600_000))
        #expect(!early && late)
        #expect(ledger.isEmpty)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        var ledger = SilenceLedger()
        let wrong: [(Silence, String)] = [
            (silence(from: 10, to: 5), "start time must be before end time"), (silence(from: -20, to: -10), "end time can't be in the past"),
            (silence([]), "at least one matcher required"), (silence([SeriesMatcher("a", equals: "")]), "must not match the empty string"),
            (silence([try SeriesMatcher("a", pattern: ".*")]), "must not match the empty string"), (silence([SeriesMatcher("", equals: "x")]), "invalid label name"),
            (silence([SeriesMatcher("a", equals: String(repeating: "x", count: 70_000))]), "exceeded maximum size"),
        ]
        for (silence, reason) in wrong {
            let error = #expect(throws: SilenceError.self) { _ = try ledger.set(silence, newID: "1", now: now) }
            #expect(error?.message.contains(reason) ?? false, "\(String(describing: error))")
        }
        #expect(throws: SilenceError.notFound) { _ = try ledger.set(silence(id: "other"), newID: "1", now: now) }
        #expect(throws: SilenceError.notFound) { _ = try ledger.expire("other", now: now) }
        #expect(ledger.isEmpty)
    }
}
