package import GatewayModel
package import PromQL

/// One group of rules with what its evaluations left behind. No clock, no disk: the instant and the reader come in, samples and alerts go out.
///
/// An evaluation goes through the rules in their order. What a rule gives is collected, and handed out when a later rule may read it, or at the end: so a later
/// rule sees it, and a group costs one synchronisation to disk and not one for each rule.
///
///     state.begin(at: time)
///     while let batch = state.advance(reader, options) { state.stored(try await writer.append(batch)) }
///     let told = state.finish(options)
///
/// Source: prometheus/prometheus `rules/group.go`.
package struct RuleGroupState: Sendable {
    package let group: RuleGroup
    package let file: String
    /// Milliseconds between evaluations.
    package let interval: Int64
    /// When the last evaluation was, milliseconds since 1970, and what it took; nil before the first.
    package internal(set) var lastEvaluation: Int64?
    package internal(set) var evaluationSeconds = 0.0
    var rules: [RuleState]
    /// Series of rules that are gone: they end with the next evaluation.
    var leftovers: [SeriesLabels] = []
    private var round = Round()
    var signals = RuleSignals()
    private let queryOffset: Int64

    /// The evaluation that is under way.
    private struct Round: Sendable {
        var time: Int64 = 0
        /// The rule whose turn it is.
        var next = 0
        var collected = CollectedSamples()
        var told: [Alert] = []
        var hasChanged = false
        var hasSignals = false
        var started = ContinuousClock.now
    }

    /// What an evaluation has to tell.
    package struct Outcome: Sendable {
        /// Alerts to be told, the same ones again and again while they fire.
        package var alerts: [Alert]
        /// Whether any alert began or ended to fire: then what is remembered over a restart has changed.
        package var hasChanged: Bool
    }

    package init(_ group: RuleGroup, file: String, options: RuleOptions) {
        self.group = group
        self.file = file
        interval = group.interval ?? options.interval
        queryOffset = group.queryOffset ?? options.queryOffset
        rules = group.rules.map(RuleState.init)
    }

    // MARK: Evaluation

    package mutating func begin(at time: Int64) {
        // Somebody set the clock back: what seems to lie ahead is taken as now.
        if let lastEvaluation, time < lastEvaluation { for index in rules.indices { rules[index].alerting?.clampTimes(to: time) } }
        round = Round()
        round.time = time
    }

    /// Evaluates rules until samples have to be stored before it can go on.
    ///
    /// Blocks the calling thread while it reads.
    /// - Returns: samples to be stored and acknowledged with ``stored(_:)`` or ``notStored(_:)``; nil when all rules are evaluated and everything is stored.
    package mutating func advance(_ reader: any SeriesReader, _ options: RuleOptions) -> SampleBatch? {
        while round.next < rules.count {
            if !round.collected.isEmpty, rules[round.next].mayRead(round.collected.names) { return round.collected.batch }
            evaluate(round.next, PromQLEngine(reader: reader, options: options.promQL), options)
            round.next += 1
        }
        if options.writesSignals, !round.hasSignals {
            round.hasSignals = true
            writeSignals(options)
        }
        if !leftovers.isEmpty {
            for labels in leftovers { round.collected.append(labels, .none, rule: nil, at: round.time - queryOffset, SampleColumns.staleMarker) }
            leftovers = []
        }
        return round.collected.isEmpty ? nil : round.collected.batch
    }

    /// Says what became of the samples that ``advance(_:_:)`` gave.
    package mutating func stored(_ receipt: SampleReceipt) {
        for (entry, reference) in zip(round.collected.entries, receipt.references) {
            guard let rule = entry.rule, rules[rule].written[entry.labels] != nil else { continue }
            rules[rule].written[entry.labels] = reference == .none ? nil : reference
            guard reference == .none else { continue }
            fail(rule, "the series \(entry.labels.metricName ?? "") could not be stored: \(receipt.refused.map(\.reason.rawValue).joined(separator: ", "))")
        }
        round.collected = CollectedSamples()
    }

    /// Says that nothing of it was stored: the rules it came from are at fault until their next evaluation.
    package mutating func notStored(_ reason: String) {
        for rule in Set(round.collected.entries.compactMap(\.rule)) { fail(rule, "the result could not be stored: \(reason)") }
        round.collected = CollectedSamples()
    }

    /// Ends the evaluation.
    package mutating func finish() -> Outcome {
        lastEvaluation = round.time
        evaluationSeconds = (ContinuousClock.now - round.started) / .seconds(1)
        let outcome = Outcome(alerts: round.told, hasChanged: round.hasChanged)
        round = Round()
        return outcome
    }

    /// The series of all rules end: the group is gone.
    package mutating func end(at time: Int64) -> SampleBatch {
        var collected = CollectedSamples()
        for rule in rules { for labels in rule.written.keys { leftovers.append(labels) } }
        for labels in leftovers { collected.append(labels, .none, rule: nil, at: time - queryOffset, SampleColumns.staleMarker) }
        for labels in signals.written { collected.append(labels, .none, rule: nil, at: time, SampleColumns.staleMarker) }
        leftovers = []
        return collected.batch
    }

    private mutating func evaluate(_ index: Int, _ engine: PromQLEngine, _ options: RuleOptions) {
        let started = ContinuousClock.now
        do throws(RuleFailure) {
            let samples = try result(index, engine)
            switch rules[index].rule.kind {
            case .recording(let name): try record(index, name, samples)
            case .alerting(let specification): try alert(index, specification, samples, engine, options)
            }
            rules[index].health = .ok
            rules[index].lastError = ""
        } catch { fail(index, error.message) }
        rules[index].lastEvaluation = round.time
        rules[index].evaluationSeconds = (ContinuousClock.now - started) / .seconds(1)
    }

    private mutating func fail(_ index: Int, _ message: String) {
        rules[index].health = .failing
        rules[index].lastError = message
        rules[index].failures += 1
    }

    private mutating func result(_ index: Int, _ engine: PromQLEngine) throws(RuleFailure) -> [AnswerSample] {
        let answer: QueryAnswer
        rules[index].evaluations += 1
        do throws(PromQLError) { answer = try engine.instant(rules[index].rule.expression, at: round.time - queryOffset) } catch { throw RuleFailure(error.message) }
        rules[index].data.note(answer.statistics, at: round.time)
        switch answer.value {
        case .vector(let samples): return samples
        case .scalar(let value): return [AnswerSample(labels: .none, value: value)]
        case .string, .matrix: throw RuleFailure("rule result is not a vector or scalar")
        }
    }

    private mutating func writeSignals(_ options: RuleOptions) {
        let (now, ended) = signals.update(rules, RuleGroupKey(file: file, group: group.name), options)
        for labels in now { round.collected.append(labels, .none, rule: nil, at: round.time, 1) }
        for labels in ended { round.collected.append(labels, .none, rule: nil, at: round.time, SampleColumns.staleMarker) }
    }

    // MARK: Recording rules

    private mutating func record(_ index: Int, _ name: String, _ samples: [AnswerSample]) throws(RuleFailure) {
        let added = [SeriesLabel(SeriesLabels.metricName, name)] + rules[index].rule.labels
        var seen: Set<SeriesLabels> = []
        seen.reserveCapacity(samples.count)
        let named = samples.map { SeriesLabels($0.labels.labels + added) }
        for labels in named where !seen.insert(labels).inserted {
            throw RuleFailure("vector contains metrics with the same labelset after applying rule labels")
        }
        if group.limit > 0, samples.count > group.limit { throw RuleFailure("exceeded limit of \(group.limit) with \(samples.count) series") }
        write(index, zip(named, samples).map { WrittenSample(labels: $0, value: $1.value, histogram: $1.histogram) })
    }

    private struct WrittenSample {
        let labels: SeriesLabels
        let value: Double
        var histogram: NativeHistogram?
    }

    /// Collects a rule's samples, and the ends of series that it does not have any more.
    private mutating func write(_ index: Int, _ samples: [WrittenSample]) {
        let time = round.time - queryOffset
        var written: [SeriesLabels: SeriesReference] = [:]
        written.reserveCapacity(samples.count)
        for sample in samples {
            let reference = rules[index].written[sample.labels] ?? .none
            written[sample.labels] = reference
            if let histogram = sample.histogram {
                round.collected.append(sample.labels, reference, rule: index, at: time, histogram)
            } else {
                round.collected.append(sample.labels, reference, rule: index, at: time, sample.value)
            }
        }
        for (labels, reference) in rules[index].written where written[labels] == nil {
            round.collected.append(labels, reference, rule: index, at: time, SampleColumns.staleMarker)
        }
        rules[index].written = written
    }

    // MARK: Alerting rules

    private mutating func alert(
        _ index: Int, _ specification: AlertSpecification, _ samples: [AnswerSample], _ engine: PromQLEngine, _ options: RuleOptions
    ) throws(RuleFailure) {
        guard var alerting = rules[index].alerting else { return }
        guard samples.count <= options.alertsPerRuleMax else {
            throw RuleFailure("the expression gives \(samples.count) alerts, more than alerting.alerts_per_rule_max = \(options.alertsPerRuleMax)")
        }
        let texts = AlertTexts(rules[index].rule, specification, engine, at: round.time, options)
        // The state has no second owner while it changes: it would be copied.
        rules[index].alerting = nil
        defer { rules[index].alerting = alerting }
        let hasChanged = try alerting.update(samples.map { texts.found($0) }, at: round.time, limit: group.limit, options: options)
        round.hasChanged = round.hasChanged || hasChanged
        if alerting.isRestored { write(index, Self.series(of: alerting)) }
        for alert in alerting.outgoing(at: round.time, interval: interval, options: options) { round.told.append(told(alert, of: rules[index], options)) }
    }

    private static func series(of alerting: AlertingState) -> [WrittenSample] {
        alerting.active.values.filter { $0.state != .inactive }.flatMap { alert in
            [
                WrittenSample(labels: alert.state == .firing ? alert.series.firing : alert.series.pending, value: 1),
                WrittenSample(labels: alert.series.forState, value: Double(alert.activeAt.dividedDown(by: 1_000))),
            ]
        }
    }

    private func told(_ alert: ActiveAlert, of rule: RuleState, _ options: RuleOptions) -> Alert {
        func timestamp(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1_000) }
        let ends = alert.state == .inactive ? alert.resolvedAt : alert.validUntil
        return Alert(
            labels: alert.labels, annotations: alert.annotations, startsAt: timestamp(alert.firedAt ?? alert.activeAt), endsAt: timestamp(ends ?? round.time),
            generatorURL: options.externalURL + ExpressionLink.table(rule.rule.text),
            evidence: AlertEvidence(
                expression: rule.rule.text, value: alert.value, threshold: rule.threshold, group: group.name, file: file, activeAt: timestamp(alert.activeAt)))
    }
}

extension Int64 {
    /// Rounded towards the past, also before 1970.
    func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
