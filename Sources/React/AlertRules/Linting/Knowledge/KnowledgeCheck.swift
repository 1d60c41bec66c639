internal import ConfigurationText
internal import GatewayModel
internal import PromQL

/// What the kept past says of a rule: whether its series are there, and how often its condition was true.
struct KnowledgeCheck {
    let knowledge: RuleKnowledge
    /// Names that recording rules among the examined ones make, which may have no series yet.
    let recorded: Set<String>

    /// Alerts at a time that nobody can look at one by one.
    private static let alertsMany = 100

    func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        var hasUnknown = false
        do {
            for (selector, around) in Self.selectors(rule.expression) {
                guard let finding = try finding(selector, around, rule) else { continue }
                hasUnknown = true
                findings.append(finding)
            }
        } catch { return [rule.finding(.evaluation, .info, "the series could not be looked up: \(Self.sentence(error))", at: rule.expression.range)] }
        if rule.alert != nil, !hasUnknown || Self.looksForAbsence(rule.expression) { findings += history(rule) }
        return findings
    }

    private static func selectors(_ expression: Expression) -> [(VectorSelector, [Expression])] {
        var found: [(VectorSelector, [Expression])] = []
        expression.walk { part, around in
            switch part {
            case .vectorSelector(let selector): found.append((selector, around))
            case .matrixSelector(let matrix): found.append((matrix.selector, around))
            default: break
            }
        }
        return found
    }

    private static func looksForAbsence(_ expression: Expression) -> Bool {
        var found = false
        expression.walk { part, _ in found = found || part.functionName?.hasPrefix("absent") == true }
        return found
    }

    // MARK: Series

    private func finding(_ selector: VectorSelector, _ around: [Expression], _ rule: LintedRule) throws(SeriesError) -> RuleFinding? {
        let consequence = Self.consequence(around)
        if let metric = selector.metric {
            if ["ALERTS", "ALERTS_FOR_STATE"].contains(metric) || recorded.contains(metric) { return nil }
            let named = SeriesMatcher(SeriesLabels.metricName, equals: metric)
            if try knowledge.reader.labelSets(knowledge.listing([named], limit: 1)).isEmpty {
                let hint = nearest(metric, knowledge.metricNames).map { "; did you mean \($0)?" } ?? ""
                return rule.finding(.unknownMetric, consequence.severity, "there is no series of \(metric)\(hint) \(consequence.text)", at: selector.range)
            }
            for matcher in selector.matchers where matcher.name != SeriesLabels.metricName && !matcher.matchesEmpty {
                if let finding = try finding(matcher, named, selector, consequence, rule) { return finding }
            }
        }
        guard try knowledge.reader.labelSets(knowledge.listing(selector.matchers, limit: 1)).isEmpty else { return nil }
        let message = "no series meets all conditions of \(rule.shown(.vectorSelector(selector))) at once \(consequence.text)"
        return rule.finding(.unknownValue, consequence.severity, message, at: selector.range)
    }

    private func finding(
        _ matcher: SeriesMatcher, _ named: SeriesMatcher, _ selector: VectorSelector, _ consequence: (severity: RuleFinding.Severity, text: String),
        _ rule: LintedRule
    ) throws(SeriesError) -> RuleFinding? {
        let values = try knowledge.reader.labelValues(of: matcher.name, knowledge.listing([named], limit: RuleKnowledge.valuesMax + 1))
        if values.isEmpty {
            let names = try knowledge.reader.labelNames(knowledge.listing([named], limit: RuleKnowledge.valuesMax)).filter { $0 != SeriesLabels.metricName }
            let others = names.isEmpty ? "" : " (they have \(names.prefix(12).joined(separator: ", ")))"
            let message = "no series of \(named.value) has a label \(matcher.name)\(others) \(consequence.text)"
            return rule.finding(.unknownLabel, consequence.severity, message, at: selector.range)
        }
        guard values.count <= RuleKnowledge.valuesMax, !values.contains(where: matcher.matches) else { return nil }
        let hint = matcher.comparison == .equal ? nearest(matcher.value, values).map { "; did you mean \($0)?" } : nil
        let known = values.prefix(8).joined(separator: ", ") + (values.count > 8 ? ", ..." : "")
        let message = "no series of \(named.value) has \(matcher.text)\(hint ?? ""), only \(known) \(consequence.text)"
        return rule.finding(.unknownValue, consequence.severity, message, at: selector.range)
    }

    /// What it means for the rule that a selector finds nothing.
    private static func consequence(_ around: [Expression]) -> (severity: RuleFinding.Severity, text: String) {
        for (index, part) in around.enumerated() {
            switch part {
            case .call(let call) where call.function.name.hasPrefix("absent"): return (.warning, "in the last day: absent() of it is there all the time")
            case .binary(let binary) where binary.operation == .or: return (.warning, "in the last day: this part gives nothing")
            case .binary(let binary) where binary.operation == .unless:
                let isRight = index + 1 < around.count ? around[index + 1] == binary.right : true
                if isRight { return (.warning, "in the last day: nothing is taken away by it") }
            default: break
            }
        }
        return (.error, "in the last day: the rule gives nothing")
    }

    /// The most similar of some names; nil when none is similar.
    private func nearest(_ name: String, _ others: [String]) -> String? {
        let candidates = others.map { (distance: NameDistance.between($0, name), name: $0) }
        guard let best = candidates.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }), best.distance <= max(2, name.count / 4) else { return nil }
        return best.name
    }

    // MARK: The past

    private func history(_ rule: LintedRule) -> [RuleFinding] {
        if knowledge.isOutOfTime { return [] }
        let series: [AnswerSeries]
        do { series = try knowledge.values(rule.expression) } catch {
            return [
                rule.finding(
                    .evaluation, error.kind == .timeout ? .warning : .error, "over the last day the expression gives an error: \(error.message)",
                    at: rule.expression.range)
            ]
        }
        if series.isEmpty {
            return [rule.finding(.neverTrue, .info, "in the last day the condition was never true\(extreme(rule))", at: rule.expression.range)]
        }
        var findings: [RuleFinding] = []
        let constant = series.count { $0.points.times.count == knowledge.instants }
        if constant > 0 {
            let message =
                "in the last day the condition was true all the time, for \(constant) series of \(series.count): an alert that is always on tells nothing"
            findings.append(rule.finding(.alwaysOn, .warning, message, at: rule.expression.range))
        }
        if series.count > Self.alertsMany {
            findings.append(
                rule.finding(
                    .manyAlerts, .warning, "in the last day the rule would have made \(series.count) alerts: group them with by (...)",
                    at: rule.expression.range))
        }
        return findings
    }

    /// How near the past came to the threshold.
    private func extreme(_ rule: LintedRule) -> String {
        guard let found = rule.threshold, !knowledge.isOutOfTime, let series = try? knowledge.values(found.compared) else { return "" }
        let values = series.flatMap(\.points.values).filter { !$0.isNaN }
        guard let highest = values.max(), let lowest = values.min() else { return ": \(rule.shown(found.compared)) has no values" }
        let limit = rule.text(found.range)
        switch found.threshold.comparison {
        case .greater, .greaterOrEqual: return ": the highest value was \(Self.short(highest)), the limit is \(limit)"
        case .less, .lessOrEqual: return ": the lowest value was \(Self.short(lowest)), the limit is \(limit)"
        case .equal, .notEqual: return ": the values were \(Self.short(lowest)) to \(Self.short(highest))"
        }
    }

    private static func short(_ value: Double) -> String {
        guard value.isFinite, value != 0, value != value.rounded() || value.magnitude >= 1e12 else {
            return value.isFinite ? String(Int64(value)) : String(value)
        }
        var scale = 1.0
        while value.magnitude * scale < 1_000, scale < 1e15 { scale *= 10 }
        return String((value * scale).rounded() / scale)
    }

    static func sentence(_ error: SeriesError) -> String {
        switch error {
        case .limit(let name, let value): "more than \(value) \(name)"
        case .timeout(let seconds): "it took longer than \(seconds) s"
        case .cancelled: "it was cancelled"
        case .unreadable(let reason): reason
        }
    }
}
