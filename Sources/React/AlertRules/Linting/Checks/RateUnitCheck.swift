internal import GatewayModel
internal import PromQL

/// Whether the number is meant per second where it is compared per second: "more than 10 per hour" against `rate(x[1h]) > 10`.
enum RateUnitCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        guard let threshold = rule.threshold, threshold.threshold.limit != 0, let base = RateBase.seconds(threshold.compared) else { return [] }
        let claims = Set(texts(rule).flatMap(claims))
        guard !claims.isEmpty else { return base == 1 ? countClaim(rule, threshold) : [] }
        guard claims.count == 1, let claim = claims.first, claim != base else { return [] }
        let number = rule.text(threshold.range)
        let compared = rule.shown(threshold.compared)
        let message =
            "the number is meant \(RateBase.name(claim)), but \(compared) counts \(RateBase.name(base)), so that \(number) is \(factor(claim / base)): "
            + advice(rule, threshold, claim: claim, base: base)
        return [rule.finding(.rateUnit, base == 1 || claim == 1 ? .error : .warning, message, at: threshold.range)]
    }

    private static func factor(_ factor: Double) -> String {
        let (times, word) = factor >= 1 ? (factor, "much") : (1 / factor, "little")
        return "\(times == times.rounded() ? String(Int(min(times, 1e9))) : String(times)) times too \(word)"
    }

    private static func advice(_ rule: LintedRule, _ found: FoundThreshold, claim: Double, base: Double) -> String {
        let factor = claim / base
        let shown = rule.shown(found.compared)
        if factor >= 1, factor == factor.rounded() {
            return
                "write \(shown) * \(Int(min(factor, 1e9))) \(found.threshold.comparison.rawValue) \(rule.text(found.range)), or use increase() over the whole time"
        }
        return "compare with a number \(RateBase.name(base))"
    }

    // MARK: What texts say

    private static func texts(_ rule: LintedRule) -> [String] {
        [spaced(rule.rule.name)] + rule.rule.labels.map(\.value) + (rule.alert?.annotations ?? []).filter { !$0.name.lowercased().contains("url") }.map(\.value)
    }

    /// `TokensPerHour` and `tokens_per_hour` as words.
    private static func spaced(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase { result += " " }
            result.append(character == "_" || character == ":" ? " " : character)
        }
        return result
    }

    /// Seconds of the units that a text names.
    private static func claims(_ text: String) -> [Double] {
        let words = text.lowercased()
        let spellings: [(Double, [String])] = [
            (1, ["per second", "per sec", "/sec", "/s ", "/s)", "/s.", "req/s", "rps", "qps"]), (60, ["per minute", "per min", "/min"]),
            (3600, ["per hour", "/hour", "/h ", "/h)", "hourly"]), (86_400, ["per day", "/day", "daily"]),
        ]
        return spellings.filter { spelling in spelling.1.contains { (words + " ").contains($0) } }.map(\.0)
    }

    /// "More than 10 in the last 5 minutes" against a rate: the number of the text is the number of the comparison.
    private static func countClaim(_ rule: LintedRule, _ found: FoundThreshold) -> [RuleFinding] {
        guard found.threshold.limit >= 1, found.threshold.limit == found.threshold.limit.rounded(), let window = window(found.compared) else { return [] }
        let number = rule.text(found.range)
        let claims = (rule.alert?.annotations ?? []).map { $0.value.lowercased() }.contains { text in
            guard !text.contains("rate"), let place = text.firstRange(of: "\(number) ") else { return false }
            let rest = text[place.upperBound...].prefix(60)
            return ["in the last", "in the past", "within the last", "over the last", "in last"].contains { rest.contains($0) } && !rest.prefix(2).contains("%")
        }
        guard claims else { return [] }
        let message =
            "the texts speak of \(number) in all, but rate() counts per second: that many in \(DurationText.text(milliseconds: window)) are increase(...) > \(number)"
        return [rule.finding(.rateUnit, .warning, message, at: found.range)]
    }

    private static func window(_ expression: Expression) -> Int64? {
        var window: Int64?
        expression.walk { part, _ in
            if case .matrixSelector(let matrix) = part { window = window ?? matrix.milliseconds }
        }
        return window
    }
}
