import GatewayModel
import Testing

@testable import AlertRouting

/// The table of Alertmanager's own test of its deduplication, and what follows for integrations that do not hear of ends.
@Suite struct MessageDecisionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var told: (firing: [UInt64], resolved: [UInt64], minutesAgo: Int64)?
        var firing: [UInt64]
        var resolved: [UInt64] = []
        var sendsResolved = true
        let expected: MessageDecision
        var testDescription: String { "told \(told.map { "\($0)" } ?? "nothing"), firing \(firing), resolved \(resolved), sends resolved \(sendsResolved)" }
    }

    @Test(arguments: [
        Case(told: nil, firing: [2, 3, 4], expected: .tell(.first)),
        Case(told: nil, firing: [], expected: .nothing),
        Case(told: nil, firing: [], resolved: [1], expected: .nothing),
        Case(told: ([1, 2, 3], [], 10), firing: [2, 3, 4], expected: .tell(.changed)),
        Case(told: ([], [], 9), firing: [], expected: .nothing),
        Case(told: ([1, 2, 3], [], 9), firing: [1, 2, 3], expected: .nothing),
        Case(told: ([1, 2, 3], [], 11), firing: [1, 2, 3], expected: .tell(.repeated)),
        Case(told: ([1, 2], [3], 9), firing: [1, 2], resolved: [3], expected: .nothing),
        Case(told: ([1, 2, 3], [], 9), firing: [1, 2], resolved: [3], expected: .tell(.changed)),
        Case(told: ([1, 2, 3], [], 9), firing: [1, 2], resolved: [3], sendsResolved: false, expected: .nothing),
        Case(told: ([1, 2, 3], [], 9), firing: [], resolved: [1, 2, 3], expected: .tell(.changed)),
        Case(told: ([1, 2, 3], [], 9), firing: [], resolved: [1, 2, 3], sendsResolved: false, expected: .note),
        Case(told: ([], [1, 2, 3], 9), firing: [], resolved: [1, 2, 3, 4], expected: .nothing),
        Case(told: ([], [1, 2, 3], 9), firing: [1], expected: .tell(.first)),
        Case(told: ([1], [], 20), firing: [], resolved: [], expected: .tell(.changed)),
    ])
    func decides(_ given: Case) {
        let now = Timestamp(microseconds: 1_772_712_000_000_000)
        func set(_ values: [UInt64]) -> Set<AlertFingerprint> { Set(values.map { AlertFingerprint($0) }) }
        let told = given.told.map { NotifiedState(firing: set($0.firing), resolved: set($0.resolved), at: now.advanced(milliseconds: -$0.minutesAgo * 60_000)) }
        let decision = MessageDecision(
            told: told, firing: set(given.firing), resolved: set(given.resolved), sendsResolved: given.sendsResolved, repeatInterval: 600_000, now: now)
        #expect(decision == given.expected)
    }
}
