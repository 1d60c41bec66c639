internal import AlertRules
internal import GatewayModel

extension MetricsPage {
    /// Rules and their evaluations, under the names that Prometheus gives its own.
    func writeAlerting(to text: inout PrometheusText) {
        guard let engine = services.alerts.rules else { return }
        let status = services.alerts.ruleFiles()
        text.family("gatewatch_rule_files_good", .gauge, "1 when no rule file was found broken at the last reading.", status.isGood ? 1 : 0)
        text.family("gatewatch_rule_files_broken", .gauge, "Rule files that could not be used at the last reading.", status.faults.count)
        if let goodAt = status.goodAt {
            text.family("gatewatch_rule_files_last_good_timestamp_seconds", .gauge, "When rule files were last read without a fault.", Double(goodAt) / 1_000)
        }
        let reports = engine.reports
        writeEvaluations(reports, to: &text)
        writeDurations(engine.evaluationDurations, to: &text)
        writeRules(reports, to: &text)
    }

    private func writeEvaluations(_ reports: [RuleGroupReport], to text: inout PrometheusText) {
        func perGroup(_ value: (RuleGroupReport) -> Double?) -> [(labels: [(String, String)], value: Double)] {
            reports.compactMap { report in value(report).map { ([("rule_group", report.key.label)], $0) } }
        }
        text.family("prometheus_rule_evaluations_total", .counter, "Evaluations of rules.", perGroup { Double($0.evaluations) })
        text.family("prometheus_rule_evaluation_failures_total", .counter, "Evaluations of rules that failed.", perGroup { Double($0.failures) })
        text.family("prometheus_rule_group_iterations_total", .counter, "Turns of groups, those that were missed included.", perGroup { Double($0.figures.turns) })
        text.family(
            "prometheus_rule_group_iterations_missed_total", .counter, "Turns of groups that were left out because an evaluation took too long.",
            perGroup { Double($0.figures.missed) })
        text.family("prometheus_rule_group_interval_seconds", .gauge, "Time between evaluations of a group.", perGroup { Double($0.interval) / 1_000 })
        text.family("prometheus_rule_group_rules", .gauge, "Rules of a group.", perGroup { Double($0.ruleCount) })
        text.family("prometheus_rule_group_last_duration_seconds", .gauge, "What a group's last evaluation took.", perGroup { $0.figures.lastSeconds })
        text.family(
            "prometheus_rule_group_last_evaluation_timestamp_seconds", .gauge, "The instant of a group's last evaluation.",
            perGroup { report in report.figures.lastTime.map { Double($0) / 1_000 } })
        text.family("prometheus_rule_group_last_evaluation_samples", .gauge, "Samples that a group's last evaluation gave.", perGroup { Double($0.figures.lastSamples) })
    }

    private func writeDurations(_ durations: EvaluationDurations, to text: inout PrometheusText) {
        text.summary(
            "prometheus_rule_group_duration_seconds", "What evaluations of groups took.", sum: durations.groupSeconds, count: durations.groupCount,
            quantiles: [0.01, 0.05, 0.5, 0.9, 0.99].compactMap { share in durations.quantile(share).map { (share, $0) } })
        text.summary("prometheus_rule_evaluation_duration_seconds", "What evaluations of rules took.", sum: durations.ruleSeconds, count: durations.ruleCount)
    }

    private func writeRules(_ reports: [RuleGroupReport], to text: inout PrometheusText) {
        var states: [ActiveAlert.State: Int] = [.pending: 0, .firing: 0]
        var unhealthy = 0
        for report in reports {
            for rule in report.rules {
                if rule.health == .failing { unhealthy += 1 }
                for alert in rule.alerts ?? [] { states[alert.state, default: 0] += 1 }
            }
        }
        text.family("gatewatch_rules_unhealthy", .gauge, "Rules whose last evaluation failed.", unhealthy)
        text.family(
            "gatewatch_alerts", .gauge, "Alerts of our rules, by state.", states.sorted { $0.key.rawValue < $1.key.rawValue }.map { ([("alertstate", $0.key.rawValue)], Double($0.value)) })
    }
}
