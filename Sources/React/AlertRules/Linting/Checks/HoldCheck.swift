internal import GatewayModel
internal import PromQL

/// Whether an alert waits long enough to mean something.
enum HoldCheck {
    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        guard let alert = rule.alert else { return [] }
        if rule.isIntervalKnown, alert.holdDuration > 0, alert.holdDuration < rule.interval {
            let message =
                "\"for: \(DurationText.text(milliseconds: alert.holdDuration))\" is shorter than the \(DurationText.text(milliseconds: rule.interval)) between evaluations, "
                + "and lasts until the next one after it all the same"
            return [rule.finding(.shortHold, .info, message)]
        }
        guard alert.holdDuration == 0, let reason = noisyPart(rule.expression) else { return [] }
        return [
            rule.finding(
                .noHold, .info, "without \"for\" one bad sample makes an alert: \(reason); add \"for\", or a window with min_over_time() or avg_over_time()",
                at: rule.expression.range)
        ]
    }

    /// What decides by a single sample.
    private static func noisyPart(_ expression: Expression) -> String? {
        var hasWindow = false
        var reason: String?
        expression.walk { part, _ in
            switch part {
            case .matrixSelector, .subquery: hasWindow = true
            case .call(let call):
                if call.function.name == "irate" { reason = reason ?? "irate() looks at two samples" }
                if call.function.name == "absent" { reason = reason ?? "absent() is there after one failed scrape of its only series" }
            case .vectorSelector(let selector) where selector.metric == "up": reason = reason ?? "up is 0 after one failed scrape"
            default: break
            }
        }
        return hasWindow ? nil : reason
    }
}
