internal import GatewayModel

extension RuleGroupState {
    /// Whether nothing that matters for evaluation is different: then a group goes on as it is when files are read again.
    func isSame(as other: RuleGroupState) -> Bool {
        guard interval == other.interval, group.limit == other.group.limit, group.queryOffset == other.group.queryOffset, rules.count == other.rules.count else { return false }
        return zip(rules, other.rules).allSatisfy { $0.rule.isSame(as: $1.rule) }
    }

    /// Takes over from the group of the same name that was evaluated until now: alerts of rules with the same name and labels, and the series that end.
    ///
    /// Of rules that have the same name and labels, the first goes on as the first, the second as the second.
    /// Source: prometheus/prometheus `rules/group.go`, `CopyState`.
    mutating func copy(from old: RuleGroupState) {
        lastEvaluation = old.lastEvaluation
        evaluationSeconds = old.evaluationSeconds
        leftovers = old.leftovers
        signals = old.signals
        var places: [String: [Int]] = [:]
        for (index, rule) in old.rules.enumerated().reversed() { places[rule.identity, default: []].append(index) }
        for index in rules.indices {
            guard let place = places[rules[index].identity]?.popLast() else { continue }
            rules[index].take(over: old.rules[place])
        }
        for place in places.values.joined().sorted() { leftovers += old.rules[place].written.keys.sorted() }
    }
}

extension RuleState {
    fileprivate mutating func take(over old: RuleState) {
        written = old.written
        data.take(over: old.data)
        (evaluations, failures) = (old.evaluations, old.failures)
        guard let before = old.alerting else { return }
        alerting?.copy(from: before)
    }
}

extension Rule {
    /// Whether it says the same, wherever it stands in its file.
    fileprivate func isSame(as other: Rule) -> Bool {
        guard text == other.text, labels == other.labels else { return false }
        switch (kind, other.kind) {
        case (.recording(let name), .recording(let otherName)): return name == otherName
        case (.alerting(let alert), .alerting(let otherAlert)): return alert.isSame(as: otherAlert)
        case (.recording, .alerting), (.alerting, .recording): return false
        }
    }
}

extension AlertSpecification {
    fileprivate func isSame(as other: AlertSpecification) -> Bool {
        name == other.name && holdDuration == other.holdDuration && keepFiringFor == other.keepFiringFor && annotations == other.annotations
    }
}
