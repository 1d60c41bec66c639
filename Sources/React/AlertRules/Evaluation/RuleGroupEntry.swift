package import GatewayModel
internal import Synchronization

/// A group in the engine: its state, who may change it, and what others see of it.
final class RuleGroupEntry: Sendable {
    private struct Control {
        var isEvaluating = false
        /// What takes the group's place when its evaluation has ended.
        var replacement: RuleGroupState?
        /// Since when it is in no file any more, milliseconds since 1970.
        var goneAt: Int64?
        /// Counts replacements: the group's turns are counted anew.
        var version = 0
    }

    let key: RuleGroupKey
    /// Whoever evaluates holds it, at most from one storing of samples to the next.
    let state: Mutex<RuleGroupState>
    private let control = Mutex(Control())
    private let seen: Mutex<RuleGroupState>
    private let figures = Mutex(RuleGroupFigures())

    init(_ key: RuleGroupKey, _ state: RuleGroupState) {
        self.key = key
        self.state = Mutex(state)
        seen = Mutex(state)
    }

    /// The group as it was after its last evaluation.
    var shown: RuleGroupState { seen.withLock { $0 } }

    func show() {
        let state = state.withLock { $0 }
        seen.withLock { $0 = state }
    }

    var goneAt: Int64? { control.withLock { $0.goneAt } }
    var version: Int { control.withLock { $0.version } }

    func note(_ body: (inout RuleGroupFigures) -> Void) { figures.withLock { body(&$0) } }
    var noted: RuleGroupFigures { figures.withLock { $0 } }

    // MARK: Evaluation and replacement

    /// Takes the right to evaluate.
    func begin() { control.withLock { $0.isEvaluating = true } }

    /// Gives it back, and puts the replacement in place that came meanwhile.
    func end() {
        let replacement = control.withLock { control -> RuleGroupState? in
            control.isEvaluating = false
            defer { control.replacement = nil }
            return control.replacement
        }
        if let replacement { put(replacement) }
    }

    func leave(at time: Int64) { control.withLock { $0.goneAt = time } }

    /// Puts other rules in the group's place, now or when its evaluation has ended; alerts of rules that stay go on.
    func replace(with state: RuleGroupState) {
        let isNow = control.withLock { control -> Bool in
            if control.isEvaluating { control.replacement = state }
            return !control.isEvaluating
        }
        if isNow { put(state) }
    }

    private func put(_ replacement: RuleGroupState) {
        state.withLock { state in
            var next = replacement
            next.copy(from: state)
            state = next
        }
        control.withLock { $0.version += 1 }
        show()
    }
}

/// What a group's evaluations came to since the start.
package struct RuleGroupFigures: Sendable {
    /// Turns, taken or missed.
    package var turns = 0
    package var missed = 0
    /// The instant of the last evaluation, milliseconds since 1970, and the seconds that it took.
    package var lastTime: Int64?
    package var lastSeconds = 0.0
    /// Samples that it gave.
    package var lastSamples = 0

    package init() {}
}
