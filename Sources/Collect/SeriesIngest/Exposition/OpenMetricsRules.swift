internal import ByteCoding
internal import GatewayModel

/// What OpenMetrics demands of families beyond the syntax of their lines: metadata first and once, names that do not clash, samples that belong to the
/// type, groups that stand together, timestamps that ascend, histograms that add up.
///
/// Source: OpenMetrics 1.0, "Data Model" and "Text Format".
package struct OpenMetricsRules {
    /// The code points that names and values of an exemplar's labels may have together.
    private static let exemplarLabelsMax = 128

    /// The family being read.
    private struct Family {
        var name: String
        var kind: MetricMetadata.Kind?
        var hasHelp = false
        var unit: String?
        var hasSamples = false
        /// The samples' labels without those that tell samples of one point apart.
        var group: String?
        var groupTime: Double?
        var groupsSeen: Set<String> = []
        var histogram: HistogramPoint?

        init(name: String) { self.name = name }
    }

    private var family: Family?
    private var namesSeen: Set<String> = []

    package init() {}

    /// Checks the entry that the parser has just read.
    package mutating func check(_ entry: ExpositionParser.Entry, _ parser: borrowing ExpositionParser) throws(ExpositionError) {
        let problem: String? =
            switch entry {
            case .type(let name, let kind): begin(parser.string(name)) ?? declare(kind)
            case .help(let name, _): begin(parser.string(name)) ?? declareHelp()
            case .unit(let name, let unit): begin(parser.string(name)) ?? declare(unit: parser.string(unit))
            case .sample(let sample): check(sample, parser)
            }
        if let problem { throw ExpositionError(problem, line: parser.line - 1, column: 1) }
    }

    /// Checks the last family; to be called at the end of the text.
    package mutating func finish(_ parser: borrowing ExpositionParser) throws(ExpositionError) {
        if let problem = close() { throw ExpositionError(problem, line: max(1, parser.line - 1), column: 1) }
    }

    // MARK: Metadata

    private mutating func begin(_ name: String) -> String? {
        if let family, family.name == name { return family.hasSamples ? "metadata of \(name) behind its samples" : nil }
        return close() ?? open(name)
    }

    /// A name that was seen is told where it comes again, not only at the end of its family.
    private mutating func open(_ name: String) -> String? {
        guard !namesSeen.contains(name) else { return Self.clash(name) }
        family = Family(name: name)
        return nil
    }

    private static func clash(_ name: String) -> String { "the name \(name) clashes with another family's" }

    private mutating func declare(_ kind: MetricMetadata.Kind) -> String? {
        guard family?.kind == nil else { return "a second TYPE of the family" }
        family?.kind = kind
        return nil
    }

    private mutating func declareHelp() -> String? {
        guard family?.hasHelp == false else { return "a second HELP of the family" }
        family?.hasHelp = true
        return nil
    }

    private mutating func declare(unit: String) -> String? {
        guard family?.unit == nil else { return "a second UNIT of the family" }
        family?.unit = unit
        return nil
    }

    /// What is known only at the end of a family.
    private mutating func close() -> String? {
        guard let family else { return nil }
        self.family = nil
        let kind = family.kind ?? .unknown
        for suffix in Set(Self.suffixes(kind) + [""]) {
            guard namesSeen.insert(family.name + suffix).inserted else { return Self.clash(family.name + suffix) }
        }
        if let unit = family.unit, !unit.isEmpty {
            guard family.name.hasSuffix("_" + unit) else { return "the name \(family.name) does not end with its unit \(unit)" }
            guard kind != .info, kind != .stateset else { return "a family of type \(kind.rawValue) has no unit" }
        }
        return family.histogram?.problem
    }

    private static func suffixes(_ kind: MetricMetadata.Kind) -> [String] {
        switch kind {
        case .counter: ["_total", "_created"]
        case .summary: ["", "_count", "_sum", "_created"]
        case .histogram: ["_count", "_sum", "_bucket", "_created"]
        case .gaugehistogram: ["_gcount", "_gsum", "_bucket"]
        case .info: ["_info"]
        case .gauge, .stateset, .unknown: [""]
        }
    }

    // MARK: Samples

    private mutating func check(_ sample: ExpositionParser.Sample, _ parser: borrowing ExpositionParser) -> String? {
        let name = parser.string(sample.name)
        var suffix = ""
        if let family, name.hasPrefix(family.name), Self.suffixes(family.kind ?? .unknown).contains(String(name.dropFirst(family.name.count))) {
            suffix = String(name.dropFirst(family.name.count))
        } else {
            if let problem = close() ?? open(name) { return problem }
        }
        guard var open = family else { return nil }
        // Taken out and put back, so that its sets are not copied.
        family = nil
        open.hasSamples = true
        defer { family = open }
        let kind = open.kind ?? .unknown
        if let problem = Self.labelProblem(sample, suffix, open.name, kind, parser) ?? Self.valueProblem(sample.value, suffix, kind) { return problem }
        if sample.exemplar != nil, let problem = Self.exemplarProblem(suffix, kind, parser) { return problem }
        let group = Self.group(open.name, suffix, kind, parser)
        if let problem = Self.place(sample, group, kind, &open) { return problem }
        guard kind == .histogram || kind == .gaugehistogram else { return nil }
        if open.histogram == nil || open.histogram?.group != group || open.histogram?.time != sample.timeSeconds {
            if let problem = open.histogram?.problem { return problem }
            open.histogram = HistogramPoint(group: group, time: sample.timeSeconds)
        }
        let limit = suffix == "_bucket" ? parser.label("le").flatMap { parser.number($0) } : nil
        return open.histogram?.add(suffix, limit: limit, value: sample.value)
    }

    private static func labelProblem(
        _ sample: ExpositionParser.Sample, _ suffix: String, _ family: String, _ kind: MetricMetadata.Kind, _ parser: borrowing ExpositionParser
    ) -> String? {
        switch kind {
        case .stateset: return parser.label(family) == nil ? "a stateset's sample needs the label \(family)" : nil
        case .histogram where suffix == "_bucket", .gaugehistogram where suffix == "_bucket":
            guard let limit = parser.label("le"), let number = parser.number(limit), !number.isNaN else { return "a bucket needs a label le that is a number" }
            return number == .infinity && parser.string(limit) != "+Inf" ? "the last bucket's limit is spelled +Inf" : nil
        case .summary where suffix.isEmpty:
            guard let quantile = parser.label("quantile").flatMap({ parser.number($0) }), (0...1).contains(quantile) else {
                return "a quantile needs a label quantile between 0 and 1"
            }
            return sample.value < 0 ? "a quantile's value must not be negative" : nil
        case .counter, .gauge, .histogram, .gaugehistogram, .summary, .info, .unknown: return nil
        }
    }

    private static func valueProblem(_ value: Double, _ suffix: String, _ kind: MetricMetadata.Kind) -> String? {
        if kind == .stateset, value != 0, value != 1 { return "a state is 0 or 1" }
        if kind == .info, value != 1 { return "an info's value is 1" }
        if ["_total", "_sum", "_count", "_bucket", "_gcount", "_gsum"].contains(suffix), value.isNaN { return "a count or sum must not be NaN" }
        if ["_total", "_sum", "_count", "_bucket", "_gcount"].contains(suffix), value < 0 { return "a count or sum must not be negative" }
        let isCount = suffix == "_bucket" || suffix == "_count" || suffix == "_gcount"
        return isCount && value != value.rounded() ? "a count must be a whole number" : nil
    }

    private static func exemplarProblem(_ suffix: String, _ kind: MetricMetadata.Kind, _ parser: borrowing ExpositionParser) -> String? {
        let isAllowed = kind == .counter && suffix == "_total" || (kind == .histogram || kind == .gaugehistogram) && suffix == "_bucket"
        guard isAllowed else { return "only a counter's total and buckets have exemplars" }
        var points = 0
        for label in parser.exemplarLabels { points += parser.string(label.name).unicodeScalars.count + parser.string(label.value).unicodeScalars.count }
        return points > exemplarLabelsMax ? "an exemplar's labels have more than \(exemplarLabelsMax) characters" : nil
    }

    /// Samples of a point stand together, and points in the order of time.
    private static func place(_ sample: ExpositionParser.Sample, _ group: String, _ kind: MetricMetadata.Kind, _ family: inout Family) -> String? {
        if let known = family.group {
            if group != known, family.groupsSeen.contains(group) { return "samples of one metric do not stand together" }
            if group == known {
                guard (sample.timeSeconds == nil) == (family.groupTime == nil) else { return "samples of one metric with and without timestamp" }
                if let before = family.groupTime, let time = sample.timeSeconds, before > time, kind != .info { return "timestamps of one metric go back" }
            }
        }
        family.group = group
        family.groupTime = sample.timeSeconds
        family.groupsSeen.insert(group)
        return nil
    }

    private static func group(_ family: String, _ suffix: String, _ kind: MetricMetadata.Kind, _ parser: borrowing ExpositionParser) -> String {
        let own: String? =
            switch kind {
            // Of infos the labels do not tell which belong together.
            case .info: nil
            case .stateset: family
            case .histogram, .gaugehistogram: suffix == "_bucket" ? "le" : ""
            case .summary: suffix.isEmpty ? "quantile" : ""
            case .counter, .gauge, .unknown: ""
            }
        guard let own else { return "" }
        var parts: [String] = []
        for label in parser.labels {
            let name = parser.string(label.name)
            if name != own { parts.append(name + "\u{0}" + parser.string(label.value)) }
        }
        return parts.sorted().joined(separator: "\u{1}")
    }
}

/// One point of a histogram: its buckets, count and sum, as they come.
private struct HistogramPoint {
    let group: String
    let time: Double?
    private var limit: Double?
    private var value = 0.0
    private var count: Double?
    private var hasSum = false
    private var hasGaugeSum = false
    private var hasNegativeGaugeSum = false
    private var hasNegativeBuckets = false

    init(group: String, time: Double?) {
        self.group = group
        self.time = time
    }

    /// - Parameter limit: of a bucket.
    /// - Returns: what is wrong already.
    mutating func add(_ suffix: String, limit new: Double?, value: Double) -> String? {
        switch suffix {
        case "_bucket":
            guard let new else { return nil }
            if new < 0 { hasNegativeBuckets = true }
            if let limit, new <= limit { return "buckets are not in ascending order" }
            if value < self.value { return "a bucket counts less than the one before" }
            limit = new
            self.value = value
        case "_count", "_gcount": count = value
        case "_sum": hasSum = true
        case "_gsum":
            hasGaugeSum = true
            hasNegativeGaugeSum = value < 0
        default: break
        }
        return nil
    }

    /// What is wrong with the whole point.
    var problem: String? {
        if limit != .infinity { return "the histogram has no bucket +Inf" }
        if let count, count != value { return "the histogram's count is not that of its bucket +Inf" }
        if hasSum || hasGaugeSum, count == nil { return "the histogram has a sum and no count" }
        if !hasSum, !hasGaugeSum, count != nil { return "the histogram has a count and no sum" }
        if hasNegativeBuckets, hasSum { return "a histogram with negative buckets has no sum" }
        if !hasNegativeBuckets, hasNegativeGaugeSum { return "the histogram's sum is negative without a negative bucket" }
        return nil
    }
}

extension ExpositionParser {
    /// The value of a label of the last sample; nil when it does not have it.
    func label(_ name: String) -> Text? {
        for label in labels where string(label.name) == name { return label.value }
        return nil
    }

    /// The number that a label's value spells.
    func number(_ text: Text) -> Double? { unsafe FloatText.parse(bytes(text.range), allowsHexadecimal: false) }
}
