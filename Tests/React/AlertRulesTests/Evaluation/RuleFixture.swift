import AlertRules
import GatewayModel
import PromQL

/// A group over series in memory, evaluated by hand.
struct RuleFixture {
    let store = SampleStore()
    var options = RuleOptions(interval: 30_000, externalURL: "http://gatewatch.test")
    var state: RuleGroupState
    /// Where time begins, milliseconds since 1970: 2026-03-05T12:00:00Z.
    static let start: Int64 = 1_772_712_000_000

    init(_ rules: [Rule], limit: Int = 0, queryOffset: Int64? = nil, options: RuleOptions? = nil) {
        if let options { self.options = options }
        state = RuleGroupState(RuleGroup(name: "g", interval: 30_000, queryOffset: queryOffset, limit: limit, rules: rules), file: "rules.yaml", options: self.options)
    }

    /// Loads series in the notation of rule tests, one value each 30 s from the start.
    func load(_ series: [String: String], every interval: Int64 = 30_000) throws {
        for (name, values) in series {
            let notated = try NotatedSeries(name + " " + values)
            var samples = SampleColumns()
            for (index, value) in notated.values.enumerated() {
                let time = Self.start + Int64(index) * interval
                switch value {
                case .number(let number): samples.append(time, number)
                default: break
                }
            }
            store.append(notated.labels, samples)
        }
    }

    /// Evaluates so many seconds after the start.
    @discardableResult mutating func evaluate(at seconds: Int64) -> RuleGroupState.Outcome { state.evaluate(at: Self.start + seconds * 1_000, in: store, options) }

    /// What an expression gives so many seconds after the start, as `labels value` in ascending order.
    func query(_ text: String, at seconds: Int64) throws -> [String] {
        let answer = try PromQLEngine(reader: store).instant(try PromQLParser.parse(text), at: Self.start + seconds * 1_000)
        guard case .vector(let samples) = answer.value else { return [] }
        return samples.map { "\(Self.text($0.labels)) \($0.value)" }.sorted()
    }

    var status: [RuleStatus] { state.status(options) }

    /// `{a="b", c="d"}`
    static func text(_ labels: SeriesLabels) -> String { "{" + labels.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ") + "}" }
}

extension Rule {
    static func alert(
        _ name: String, _ expression: String, for hold: Int64 = 0, keepFiringFor: Int64 = 0, labels: [String: String] = [:], annotations: [String: String] = [:]
    ) throws -> Rule {
        Rule(
            kind: .alerting(
                AlertSpecification(name: name, holdDuration: hold * 1_000, keepFiringFor: keepFiringFor * 1_000, annotations: annotations.map { SeriesLabel($0.key, $0.value) })),
            expression: try PromQLParser.parse(expression), text: expression, labels: labels.map { SeriesLabel($0.key, $0.value) })
    }

    static func record(_ name: String, _ expression: String, labels: [String: String] = [:]) throws -> Rule {
        Rule(kind: .recording(name), expression: try PromQLParser.parse(expression), text: expression, labels: labels.map { SeriesLabel($0.key, $0.value) })
    }
}

extension Alert {
    /// Seconds from the fixture's start.
    var startsSeconds: Int64 { (startsAt.microseconds / 1_000 - RuleFixture.start) / 1_000 }
    var endsSeconds: Int64 { (endsAt.microseconds / 1_000 - RuleFixture.start) / 1_000 }
}
