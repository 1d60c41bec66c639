internal import ByteCoding
internal import GatewayModel

/// The PromQL of one objective.
struct ObjectiveExpressions {
    let objective: Objective

    /// The share of what went wrong over a time: 0 when all is well, the error budget when exactly as much went wrong as may, nothing without requests.
    /// Of costs what was spent over what may be spent in the time.
    ///
    /// - Parameter window: milliseconds.
    func errorRatio(over window: Int64) -> String {
        let range = DurationText.text(milliseconds: window)
        switch objective.indicator {
        case .availability(let types):
            let total = rate(types.isEmpty ? ObjectiveFamily.requests : ObjectiveFamily.requestsByError, range)
            let errors = types.isEmpty
                ? rate(ObjectiveFamily.requests, range, #"status="error""#) : rate(ObjectiveFamily.requestsByError, range, errorCondition(types))
            // Without a series of errors there were none, which is not the same as not to know.
            return "(\(errors) or 0 * \(total)) / (\(total) > 0)"
        case .latency(let threshold): return slowShare(ObjectiveFamily.duration, threshold, range)
        case .ttft(let threshold): return slowShare(ObjectiveFamily.ttft, threshold, range)
        case .cost(let budget):
            return "\(rate(ObjectiveFamily.cost, range)) / (\(PrometheusNumber.of(budget, .plain)) / \(objective.window / 1000))"
        }
    }

    /// The error ratio that a rule records.
    func recorded(over window: Int64) -> String { "\(Self.ratioName(window)){slo=\(objective.name.goQuoted)}" }

    static func ratioName(_ window: Int64) -> String { "slo:sli_error:ratio_rate\(DurationText.text(milliseconds: window))" }

    /// How many times as fast as it may the budget burns.
    func burn(over window: Int64) -> String {
        objective.errorBudget == 1 ? recorded(over: window) : "\(recorded(over: window)) / \(PrometheusNumber.of(objective.errorBudget, .plain))"
    }

    /// What is left of the error budget: 1 at first, 0 when it is used up, negative beyond.
    var remaining: String { "1 - \(burn(over: objective.window))" }

    func isBurning(_ rate: BurnRate) -> String {
        let factor = PrometheusNumber.of(rate.factor, .plain)
        return "\(burn(over: rate.long)) > \(factor)\nand\n\(burn(over: rate.short)) > \(factor)"
    }

    private func errorCondition(_ types: [String]) -> String { "error_type=~\(types.joined(separator: "|").goQuoted)" }

    private func slowShare(_ family: String, _ threshold: Int64, _ range: String) -> String {
        let seconds = PrometheusNumber.of(Double(threshold) / 1000, .plain)
        // Prometheus 3 writes whole limits with a fraction, others without.
        let limit = threshold % 1000 == 0 ? "le=~\"\(seconds)|\(seconds)[.]0\"" : "le=\"\(seconds)\""
        return "1 - \(rate(family + "_bucket", range, limit)) / (\(rate(family + "_count", range)) > 0)"
    }

    private func rate(_ name: String, _ range: String, _ condition: String = "") -> String {
        let conditions = [condition, objective.conditions].filter { !$0.isEmpty }.joined(separator: ",")
        return "sum(rate(\(name)\(conditions.isEmpty ? "" : "{\(conditions)}")[\(range)]))"
    }
}
