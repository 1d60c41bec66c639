@testable import HTTPTransport
import NIOHTTP1
import Testing

/// The connection's decisions: events in, actions out.
struct ConnectionMachineTests {
    typealias Machine = ConnectionMachine

    private let limits = Machine.Limits(bodyBytesMax: 100, discardBytesMax: 50)

    private func verdict(_ framing: HeadVerdict.Framing = .none, keepsAlive: Bool = true, expects: Bool = false, rejection: Rejection? = nil) -> HeadVerdict {
        var verdict = HeadVerdict(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["Host": "test"]))
        verdict.framing = framing
        verdict.keepsAlive = keepsAlive
        verdict.expectsContinue = expects
        verdict.rejection = rejection
        return verdict
    }

    /// A machine in each state, reached by legal events.
    private func machine(in state: Machine.State, keepsAlive: Bool = true) -> Machine {
        var machine = Machine(limits: limits)
        switch state {
        case .idle: break
        case .readingHead: _ = machine.headStarted()
        case .receiving(let bytes):
            _ = machine.head(verdict(.chunked, keepsAlive: keepsAlive))
            if bytes > 0 { _ = machine.body(bytes: bytes) }
        case .handling:
            _ = machine.head(verdict(keepsAlive: keepsAlive))
            _ = machine.end()
        case .responding(let isEventStream):
            _ = machine.head(verdict(keepsAlive: keepsAlive))
            _ = machine.end()
            _ = machine.responseStarted(closes: false, isEventStream: isEventStream)
        case .closing:
            _ = machine.head(verdict(keepsAlive: false))
            _ = machine.end()
            _ = machine.responseStarted(closes: false, isEventStream: false)
            _ = machine.responseEnded()
        case .lingering(let bytes):
            _ = machine.refused(Rejection(.badRequest, "bad"))
            if bytes > 0 { _ = machine.discard(bytes: bytes) }
        case .closed: _ = machine.channelClosed()
        }
        #expect(machine.state == state)
        return machine
    }

    private static let states: [Machine.State] = [
        .idle, .readingHead, .receiving(bodyBytes: 0), .receiving(bodyBytes: 60), .handling, .responding(isEventStream: false),
        .responding(isEventStream: true), .closing, .lingering(discardedBytes: 0), .lingering(discardedBytes: 40), .closed,
    ]

    @Test(arguments: [
        (HeadVerdict.Framing.none, false, Machine.Action.receiveBody(expectedBytes: 0, sendContinue: false)),
        (.length(100), false, .receiveBody(expectedBytes: 100, sendContinue: false)),
        (.length(100), true, .receiveBody(expectedBytes: 100, sendContinue: true)),
        (.chunked, true, .receiveBody(expectedBytes: nil, sendContinue: true)),
        (.none, true, .receiveBody(expectedBytes: 0, sendContinue: false)),
    ])
    func acceptedHeadMakesRoomForItsBody(framing: HeadVerdict.Framing, expects: Bool, action: Machine.Action) {
        for state in [Machine.State.idle, .readingHead] {
            var machine = machine(in: state)
            #expect(machine.head(verdict(framing, expects: expects)) == action)
            #expect(machine.state == .receiving(bodyBytes: 0))
        }
    }

    @Test func declaredLengthAboveTheLimitIsRefusedWithoutAskingForTheBody() {
        var machine = machine(in: .idle)
        guard case .reject(let rejection) = machine.head(verdict(.length(101), expects: true)) else {
            Issue.record("not refused")
            return
        }
        #expect(rejection.reason == .bodyTooLarge)
        #expect(machine.state == .lingering(discardedBytes: 0))
        #expect(!machine.keepsAlive)
    }

    @Test func bodyOfExactlyTheLimitIsKeptAndOneByteMoreIsRefused() {
        var machine = machine(in: .receiving(bodyBytes: 60))
        #expect(machine.body(bytes: 40) == .keep)
        guard case .reject(let rejection) = machine.body(bytes: 1) else {
            Issue.record("not refused")
            return
        }
        #expect(rejection.reason == .bodyTooLarge)
        #expect(machine.state == .lingering(discardedBytes: 1))
    }

    @Test func refusedHeadIsRefusedWithItsReason() {
        var machine = machine(in: .idle)
        let rejection = Rejection(.unsupportedCoding, "no")
        #expect(machine.head(verdict(rejection: rejection)) == .reject(rejection))
    }

    @Test func keptConnectionServesTheNextRequest() {
        var machine = machine(in: .handling)
        #expect(machine.keepsAlive)
        #expect(machine.responseStarted(closes: false, isEventStream: false) == .none)
        #expect(machine.responseEnded() == .serveNext)
        #expect(machine.state == .idle)
        #expect(machine.timer == .keepAlive)
    }

    @Test(arguments: [(false, false), (true, true), (false, true)])
    func connectionClosesWhenClientOrHandlerSaysSo(clientKeeps: Bool, handlerCloses: Bool) {
        var machine = machine(in: .handling, keepsAlive: clientKeeps)
        _ = machine.responseStarted(closes: handlerCloses, isEventStream: false)
        #expect(!machine.keepsAlive)
        #expect(machine.responseEnded() == .closeAfterFlush)
        #expect(machine.state == .closing)
    }

    @Test func uploadAfterARefusalIsThrownAwayUpToTheLimit() {
        var machine = machine(in: .lingering(discardedBytes: 0))
        #expect(machine.body(bytes: 30) == .discard)
        #expect(machine.body(bytes: 20) == .discard)
        #expect(machine.body(bytes: 1) == .close)
        #expect(machine.state == .closed)
    }

    @Test func uploadThatEndsAfterARefusalClosesRegularly() {
        var machine = machine(in: .lingering(discardedBytes: 40))
        #expect(machine.end() == .closeAfterFlush)
    }

    @Test(arguments: [
        (Machine.State.idle, Machine.Action.close, Machine.State.closed), (.readingHead, .close, .closed), (.receiving(bodyBytes: 0), .close, .closed),
        (.handling, .cancelHandler, .handling), (.responding(isEventStream: false), .cancelHandler, .responding(isEventStream: false)),
        (.responding(isEventStream: true), .cancelHandler, .responding(isEventStream: true)), (.closing, .none, .closing),
        (.lingering(discardedBytes: 0), .closeAfterFlush, .closing), (.closed, .none, .closed),
    ])
    func inputEndTellsTheHandlerAndKeepsTheAnswer(state: Machine.State, action: Machine.Action, next: Machine.State) {
        var machine = machine(in: state)
        #expect(machine.inputClosed() == action)
        #expect(machine.state == next)
        #expect(!machine.keepsAlive)
    }

    @Test(arguments: [
        (Machine.State.idle, Machine.Action.close, Machine.State.closed), (.readingHead, .none, .readingHead),
        (.receiving(bodyBytes: 60), .none, .receiving(bodyBytes: 60)), (.handling, .none, .handling),
        (.responding(isEventStream: false), .none, .responding(isEventStream: false)),
        (.responding(isEventStream: true), .cancelHandler, .responding(isEventStream: true)), (.closing, .none, .closing),
        (.lingering(discardedBytes: 0), .closeAfterFlush, .closing), (.closed, .none, .closed),
    ])
    func stoppingServerEndsWhatHasNoEndAndLetsTheRestFinish(state: Machine.State, action: Machine.Action, next: Machine.State) {
        var machine = machine(in: state)
        #expect(machine.drain() == action)
        #expect(machine.state == next)
        #expect(!machine.keepsAlive)
    }

    @Test func eventStreamThatBeginsWhileStoppingIsEnded() {
        var machine = machine(in: .handling)
        _ = machine.drain()
        #expect(machine.responseStarted(closes: false, isEventStream: true) == .cancelHandler)
    }

    @Test(arguments: [
        (Machine.State.readingHead, RejectionReason.headerTimeout), (.receiving(bodyBytes: 60), .bodyTimeout),
    ])
    func timeoutInsideARequestIsAnswered(state: Machine.State, reason: RejectionReason) {
        var machine = machine(in: state)
        guard case .reject(let rejection) = machine.timedOut() else {
            Issue.record("not refused")
            return
        }
        #expect(rejection.reason == reason)
        #expect(machine.timer == .linger)
        #expect(machine.timedOut() == .close)
    }

    @Test func timeoutOutsideARequestClosesWithoutAWord() {
        var machine = machine(in: .idle)
        #expect(machine.timedOut() == .close)
    }

    @Test(arguments: [
        (Machine.State.idle, Machine.Timer.header), (.readingHead, .header), (.receiving(bodyBytes: 0), .bodyIdle), (.handling, .none),
        (.responding(isEventStream: true), .none), (.closing, .none), (.lingering(discardedBytes: 0), .linger), (.closed, .none),
    ])
    func everyStateHasItsTimer(state: Machine.State, timer: Machine.Timer) {
        #expect(machine(in: state).timer == timer)
    }

    @Test func bodyThatTurnsOutBadIsRefusedAfterItWasRead() {
        var machine = machine(in: .handling)
        let rejection = Rejection(.badCoding, "damaged")
        #expect(machine.handlingRefused(rejection) == .reject(rejection))
        #expect(machine.state == .closing)
    }

    @Test(arguments: states)
    func stalledWriteAndLostConnectionEndEveryState(state: Machine.State) {
        let isHandled = [.handling, .responding(isEventStream: false), .responding(isEventStream: true)].contains(state)
        var stalled = machine(in: state)
        #expect(stalled.writeStalled() == (isHandled ? .cancelHandlerAndClose : .close))
        #expect(stalled.state == .closed)
        var lost = machine(in: state)
        #expect(lost.channelClosed() == (isHandled ? .cancelHandler : .none))
        #expect(lost.state == .closed)
    }

    /// Whatever comes in whatever order: no trap, a closed connection stays closed, and a handler that runs is either awaited or cancelled.
    @Test func anyOrderOfEventsIsSurvived() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(state: seed)
            var machine = Machine(limits: limits)
            var isHandlerRunning = false
            for _ in 0..<60 {
                let before = machine.state
                let action = event(Int.random(in: 0..<16, using: &generator), &machine)
                if before == .closed { #expect(machine.state == .closed && [.none, .discard, .close].contains(action), "seed \(seed): \(action)") }
                switch action {
                case .dispatch:
                    #expect(!isHandlerRunning, "seed \(seed): two handlers at once")
                    isHandlerRunning = true
                case .cancelHandlerAndClose, .serveNext, .closeAfterFlush: isHandlerRunning = false
                case .none, .keep, .discard, .receiveBody, .close, .reject, .cancelHandler: break
                }
                #expect(!isHandlerRunning || machine.isBusy, "seed \(seed): a handler that nobody waits for in \(machine.state) after \(before)")
            }
        }
    }

    private func event(_ number: Int, _ machine: inout Machine) -> Machine.Action {
        switch number {
        case 0: machine.headStarted()
        case 1: machine.head(verdict())
        case 2: machine.head(verdict(.chunked, expects: true))
        case 3: machine.head(verdict(.length(500)))
        case 4, 5: machine.body(bytes: 30)
        case 6, 7: machine.end()
        case 8: machine.responseStarted(closes: false, isEventStream: false)
        case 9: machine.responseStarted(closes: false, isEventStream: true)
        case 10, 11: machine.responseEnded()
        case 12: machine.refused(Rejection(.badRequest, "bad"))
        case 13: machine.timedOut()
        case 14: machine.inputClosed()
        default: machine.drain()
        }
    }
}

/// A small generator, so that a failing order can be had again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
