internal import GatewayModel
internal import PromQL

/// Whether the window of `rate` and the like holds enough samples, and whether an alert may stand on two of them.
enum WindowCheck {
    /// Intervals between samples that a window needs at least, so that two samples are in it however it falls; with 4 one lost scrape does no harm.
    private static let intervalsMin: Int64 = 2
    private static let intervalsGood: Int64 = 4

    private static let needsTwoSamples: Set<String> = ["rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"]

    static func findings(_ rule: LintedRule) -> [RuleFinding] {
        var findings: [RuleFinding] = []
        rule.expression.walk { part, _ in
            guard case .call(let call) = part, needsTwoSamples.contains(call.function.name) else { return }
            if rule.alert != nil, call.function.name == "irate" || call.function.name == "idelta" {
                let replacement = call.function.name == "irate" ? "rate" : "delta"
                let message =
                    "\(call.function.name)() looks at the last two samples only, so that the alert comes and goes with each of them: use \(replacement)()"
                findings.append(rule.finding(.irate, .warning, message, at: call.range))
            }
            guard let argument = call.arguments.first(where: { $0.type == .matrix }), let (window, interval, isKnown) = window(argument, rule) else { return }
            findings += check(call, window, interval, isKnown, rule)
        }
        return findings
    }

    /// The window, and how far the samples within it are apart, both in milliseconds.
    private static func window(_ argument: Expression, _ rule: LintedRule) -> (Int64, Int64, Bool)? {
        switch argument {
        case .matrixSelector(let matrix):
            // What is recorded has a sample for each evaluation.
            if let metric = matrix.selector.metric, metric.contains(":") { return matrix.milliseconds.map { ($0, rule.interval, false) } }
            return matrix.milliseconds.map { ($0, rule.surroundings.scrapeInterval, rule.surroundings.isScrapeIntervalKnown) }
        case .subquery(let subquery):
            guard let window = subquery.milliseconds else { return nil }
            if case .milliseconds(let step)? = subquery.step { return (window, step, true) }
            return subquery.step == nil ? (window, rule.interval, false) : nil
        default: return nil
        }
    }

    private static func check(_ call: Call, _ window: Int64, _ interval: Int64, _ isKnown: Bool, _ rule: LintedRule) -> [RuleFinding] {
        let shown = DurationText.text(milliseconds: window)
        let apart = DurationText.text(milliseconds: interval)
        let source = isKnown ? "samples are \(apart) apart" : "samples are usually \(apart) apart"
        let better = DurationText.text(milliseconds: intervalsGood * interval)
        if window < intervalsMin * interval {
            let message =
                "\(call.function.name)() needs two samples, and a window of \(shown) mostly holds fewer (\(source)): it gives nothing then; write at least [\(better)]"
            return [rule.finding(.shortWindow, isKnown ? .error : .warning, message, at: call.range)]
        }
        guard window < intervalsGood * interval else { return [] }
        let message = "a window of \(shown) holds too few samples to get over a lost one (\(source)): write at least [\(better)]"
        return [rule.finding(.shortWindow, isKnown ? .warning : .info, message, at: call.range)]
    }
}
