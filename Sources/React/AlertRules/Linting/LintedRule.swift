internal import GatewayModel
internal import PromQL

/// A rule with what stands around it: all that one check sees.
struct LintedRule {
    let rule: Rule
    let file: String
    let group: String
    /// Milliseconds between evaluations.
    let interval: Int64
    /// Whether the interval was given, and is not merely Prometheus's default.
    let isIntervalKnown: Bool
    let places: ExpressionPlaces
    let surroundings: RuleSurroundings

    var expression: Expression { rule.expression }
    /// nil for recording rules.
    var alert: AlertSpecification? {
        if case .alerting(let alert) = rule.kind { return alert }
        return nil
    }

    /// The threshold that decides the alert.
    var threshold: FoundThreshold? { ThresholdSearch.threshold(of: expression) }

    func text(_ part: Expression) -> String { rule.text.stretch(part.range) }
    /// A part as messages show it: on one line, and not all of a long one.
    func shown(_ part: Expression) -> String {
        let text = part.text
        return text.count <= 120 ? text : String(text.prefix(117)) + "..."
    }

    func finding(_ code: RuleFindingCode, _ severity: RuleFinding.Severity, _ message: String, at range: SourceRange? = nil) -> RuleFinding {
        let (line, column) = range.map { places[$0.start] } ?? (rule.line, rule.line == 0 ? 0 : 1)
        return RuleFinding(code, severity, message, file: file, group: group, rule: rule.name, line: line, column: column)
    }
}

/// What all rules of a file, or all loaded rules, say together about the metrics they use.
struct RuleSurroundings: Sendable {
    /// Metrics to which `rate` and the like are applied somewhere: counters, as their users see it.
    private(set) var ratedMetrics: Set<String> = []
    /// Families of which buckets are used somewhere: histograms.
    private(set) var histogramFamilies: Set<String> = []
    /// What recording rules make, by name.
    private(set) var recorded: [String: Expression] = [:]
    /// Milliseconds between samples where nothing better is known.
    var scrapeInterval: Int64
    /// Whether the scrape interval was given, and is not merely usual.
    var isScrapeIntervalKnown: Bool
    /// Kinds of metrics, where somebody knows them.
    var kinds: [String: MetricMetadata.Kind] = [:]

    init(_ rules: [Rule], scrapeInterval: Int64, isScrapeIntervalKnown: Bool) {
        self.scrapeInterval = scrapeInterval
        self.isScrapeIntervalKnown = isScrapeIntervalKnown
        for rule in rules {
            if case .recording(let name) = rule.kind { recorded[name] = rule.expression }
            note(rule.expression)
        }
    }

    private mutating func note(_ expression: Expression) {
        var rated: Set<String> = []
        var families: Set<String> = []
        expression.walk { part, _ in
            switch part {
            case .call(let call) where ["rate", "irate", "increase"].contains(call.function.name):
                if case .matrixSelector(let matrix)? = call.arguments.first, let metric = matrix.selector.metric { rated.insert(metric) }
            case .vectorSelector(let selector):
                if let metric = selector.metric, metric.hasSuffix("_bucket") { families.insert(MetricName.family(metric)) }
            case .matrixSelector(let matrix):
                if let metric = matrix.selector.metric, metric.hasSuffix("_bucket") { families.insert(MetricName.family(metric)) }
            default: break
            }
        }
        ratedMetrics.formUnion(rated)
        histogramFamilies.formUnion(families)
    }

    /// Whether a metric is a counter, as far as it is known.
    func isCounter(_ metric: String) -> Bool {
        if let kind = kinds[metric] ?? kinds[MetricName.family(metric)] {
            switch kind {
            case .counter: return true
            case .histogram, .summary: return metric != MetricName.family(metric)
            case .gauge, .gaugehistogram, .info, .stateset: return false
            case .unknown: break
            }
        }
        if MetricName.isCounter(metric) { return true }
        guard MetricName.mayBeCounter(metric) else { return false }
        return ratedMetrics.contains(metric) || histogramFamilies.contains(MetricName.family(metric))
    }

    /// Whether a metric is a counter by more than the end of its name.
    func isCertainCounter(_ metric: String) -> Bool {
        kinds[metric] != nil || kinds[MetricName.family(metric)] != nil || ratedMetrics.contains(metric) || !metric.hasSuffix("_total")
            || metric.contains("request")
            || metric.contains("error")
    }

    /// Whether a metric is a gauge, as far as it is known.
    func isGauge(_ metric: String) -> Bool {
        if let kind = kinds[metric] { return kind == .gauge || kind == .info || kind == .stateset }
        return MetricName.isGauge(metric)
    }
}

/// Where in a file the characters of an expression stand.
struct ExpressionPlaces {
    private let place: (Int) -> (line: Int, column: Int)

    init(_ place: @escaping (Int) -> (line: Int, column: Int)) { self.place = place }

    /// From where the expression begins, for what is written as it is: line breaks of the expression are line breaks of the file, indented alike.
    init(text: String, line: Int, column: Int) {
        place = { offset in
            guard line > 0 else { return (0, 0) }
            let before = text.utf8.prefix(offset)
            let row = before.count { $0 == UInt8(ascii: "\n") }
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { text.utf8.distance(from: text.startIndex, to: $0) + 1 } ?? 0
            return (line + row, column + offset - start)
        }
    }

    /// Line and column of a byte of the expression, from 1; zeros when the expression does not come from a text.
    subscript(offset: Int) -> (line: Int, column: Int) { place(offset) }
}
