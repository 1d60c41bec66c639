internal import GatewayModel
internal import RequestQuery
internal import Synchronization

/// Answers that were given a moment ago, for those who ask the same and say how old an answer may be: twenty people who look at the same dashboard cost what one does.
///
/// Nothing is kept for a question that wants an answer of now. Old answers go when new ones come, so that a few stay while nobody asks.
final class RecentAnswers: Sendable {
    /// The oldest answer that is given again, whatever the asker would take: the calmest page refreshes once a minute.
    static let ageMax = Duration.seconds(60)
    /// Bytes of answers kept: some hundreds of dashboards at different ranges.
    static let bytesMaxDefault = 32 << 20
    /// How often old answers are looked for while new ones come.
    private static let sweepEvery = Duration.seconds(10)

    /// What a question says, word by word: another spelling is another question.
    struct Question: Hashable, Sendable {
        let parameters: QueryParameters
        /// What the whole batch's records must pass.
        let filter: Filter
        let promql: String?
        let seriesMax: String?
    }

    private struct Kept: Sendable {
        let answer: PanelAnswer
        /// When it was true.
        let moment: ContinuousClock.Instant
    }

    private struct State: Sendable {
        var answers: [Question: Kept] = [:]
        var bytes = 0
        var swept = ContinuousClock.now

        mutating func remove(_ question: Question) {
            if let kept = answers.removeValue(forKey: question) { bytes -= kept.answer.bytes }
        }

        mutating func removeOld(_ now: ContinuousClock.Instant) {
            swept = now
            for (question, kept) in answers where now - kept.moment > ageMax { remove(question) }
        }

        mutating func shrink(to target: Int) {
            for (question, _) in answers.sorted(by: { $0.value.moment < $1.value.moment }) {
                if bytes <= target { return }
                remove(question)
            }
        }
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    /// - Parameter bytesMax: bytes of answers to keep at most.
    init(bytesMax: Int = RecentAnswers.bytesMaxDefault) { self.bytesMax = bytesMax }

    /// The answer to a question and its age, if there is one that is not older than `ageMax`.
    func find(_ question: Question, ageMax: Duration) -> (answer: PanelAnswer, age: Duration)? {
        guard ageMax > .zero else { return nil }
        let now = ContinuousClock.now
        return state.withLock { state in
            guard let kept = state.answers[question], now - kept.moment <= ageMax else { return nil }
            return (kept.answer, now - kept.moment)
        }
    }

    /// Keeps an answer, unless a later one is there or it alone is an eighth of all that may be kept.
    ///
    /// - Parameter moment: when it was true: not after the state of the store that it is of.
    func keep(_ answer: PanelAnswer, to question: Question, from moment: ContinuousClock.Instant) {
        guard answer.bytes <= bytesMax / 8 else { return }
        state.withLock { state in
            if let kept = state.answers[question], kept.moment >= moment { return }
            state.remove(question)
            state.answers[question] = Kept(answer: answer, moment: moment)
            state.bytes += answer.bytes
            let now = ContinuousClock.now
            if now - state.swept > Self.sweepEvery { state.removeOld(now) }
            if state.bytes > bytesMax { state.shrink(to: bytesMax / 4 * 3) }
        }
    }
}
