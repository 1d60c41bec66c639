import AlertDelivery
import AlertRouting
import Synchronization

/// Notes what it is given, and answers as told.
final class SenderDouble: MessageSender {
    private struct State {
        var sent: [OutgoingMessage] = []
        var inFlight: [IntegrationKey: Int] = [:]
        var inFlightMax = 0
    }

    private let state = Mutex(State())
    private let answer: @Sendable (OutgoingMessage) async -> DeliveryOutcome
    private let recognisesRepetitions: Bool
    private let rate: DeliveryRate

    init(
        recognisesRepetitions: Bool = true, rate: DeliveryRate = DeliveryRate(perSecond: 1_000_000, burst: 1_000_000),
        _ answer: @escaping @Sendable (OutgoingMessage) async -> DeliveryOutcome = { _ in .delivered }
    ) {
        (self.recognisesRepetitions, self.rate, self.answer) = (recognisesRepetitions, rate, answer)
    }

    /// Messages given, in order.
    var sent: [OutgoingMessage] { state.withLock { $0.sent } }
    var ids: [String] { sent.map(\.notification.id) }
    /// The most messages of one integration that were under way at once.
    var inFlightMax: Int { state.withLock { $0.inFlightMax } }

    func send(_ message: OutgoingMessage) async -> DeliveryOutcome {
        let key = IntegrationKey(message.notification.key)
        state.withLock {
            $0.sent.append(message)
            $0.inFlight[key, default: 0] += 1
            $0.inFlightMax = max($0.inFlightMax, $0.inFlight[key] ?? 0)
        }
        let outcome = await answer(message)
        state.withLock { $0.inFlight[key, default: 0] -= 1 }
        return outcome
    }

    func traits(_ integration: IntegrationKey) -> IntegrationTraits { IntegrationTraits(rate: rate, recognisesRepetitions: recognisesRepetitions) }
}
