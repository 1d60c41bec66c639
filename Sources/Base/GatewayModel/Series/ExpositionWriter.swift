/// Writes metric families as text, in either format: what `/metrics`, `/federate` and the system endpoints answer.
///
///     var writer = ExpositionWriter(.text)
///     writer.family("http_requests_total", .counter, help: "Requests served.")
///     writer.sample([SeriesLabel("code", "200")], 1_027)
///     let body = writer.finish()
///
/// Families must come whole and once; of a histogram's series each must be written with ``histogram(_:buckets:sum:count:time:)``.
/// Sources: Prometheus documentation "Exposition formats"; OpenMetrics 1.0.
package struct ExpositionWriter: Sendable {
    /// A bucket of a classic histogram.
    package struct Bucket: Sendable {
        /// Its upper limit, inclusive; the last one is infinite.
        package var limit: Double
        /// Observations up to the limit.
        package var cumulativeCount: Double
        package var exemplar: Exemplar?

        package init(limit: Double, cumulativeCount: Double, exemplar: Exemplar? = nil) {
            self.limit = limit
            self.cumulativeCount = cumulativeCount
            self.exemplar = exemplar
        }
    }

    package let format: ExpositionFormat
    private var bytes: [UInt8] = []
    /// The name of the family's samples without suffix, as Prometheus spells it.
    private var name = ""
    private var isCounter = false

    package init(_ format: ExpositionFormat, reserving capacity: Int = 4_096) {
        self.format = format
        bytes.reserveCapacity(capacity)
    }

    /// Begins a family.
    ///
    /// - Parameters:
    ///   - name: as Prometheus spells it, a counter with its `_total`. OpenMetrics's lines leave the suffix out by themselves.
    ///   - unit: a word that the name ends with, before `_total`; written in OpenMetrics only.
    package mutating func family(_ name: String, _ kind: MetricMetadata.Kind, help: String, unit: String = "") {
        self.name = name
        var declared = name
        var kind = kind
        isCounter = kind == .counter
        if format == .openMetrics {
            switch kind {
            // Without `_total` a counter is none in OpenMetrics.
            case .counter: if name.hasSuffix("_total") { declared = String(name.dropLast(6)) } else { kind = .unknown }
            case .info: if name.hasSuffix("_info") { declared = String(name.dropLast(5)) } else { kind = .gauge }
            default: break
            }
            isCounter = kind == .counter
        }
        if !help.isEmpty {
            append("# HELP ")
            append(familyName: declared)
            bytes.append(UInt8(ascii: " "))
            appendEscaped(help, quotes: format == .openMetrics)
            bytes.append(UInt8(ascii: "\n"))
        }
        append("# TYPE ")
        append(familyName: declared)
        bytes.append(UInt8(ascii: " "))
        append(format.word(kind))
        bytes.append(UInt8(ascii: "\n"))
        guard format == .openMetrics, !unit.isEmpty, declared.hasSuffix("_" + unit) else { return }
        append("# UNIT ")
        append(familyName: declared)
        append(" " + unit + "\n")
    }

    /// One sample of the family.
    ///
    /// - Parameters:
    ///   - suffix: behind the family's name: `_sum`, `_count`, `_bucket`; empty for the rest.
    ///   - labels: in the order given; a label called `__name__` is left out.
    ///   - time: milliseconds since 1970; nil for "now".
    ///   - exemplar: written in OpenMetrics only, and only where it allows one: counters and buckets.
    package mutating func sample(suffix: String = "", _ labels: [SeriesLabel], _ value: Double, time: Int64? = nil, exemplar: Exemplar? = nil) {
        line(suffix, labels, nil, value, time)
        if let exemplar, format == .openMetrics, isCounter || suffix == "_bucket" { append(exemplar) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A series as it stands before its value, for ``sample(_:_:)``: what is written again and again is made once.
    ///
    /// - Parameters: as of ``sample(suffix:_:_:time:exemplar:)``, in the family `family`.
    package static func series(_ family: String, suffix: String = "", _ labels: [SeriesLabel]) -> [UInt8] {
        var writer = ExpositionWriter(.text, reserving: 128)
        writer.name = family
        writer.series(suffix, labels, nil)
        return writer.bytes
    }

    /// One sample of a series that ``series(_:suffix:_:)`` made, of the family at hand.
    package mutating func sample(_ series: ArraySlice<UInt8>, _ value: Double) {
        bytes.append(contentsOf: series)
        bytes.append(UInt8(ascii: " "))
        append(value)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// One series of a histogram: its buckets in ascending order with the infinite one last, its sum and its count.
    package mutating func histogram(_ labels: [SeriesLabel], buckets: [Bucket], sum: Double, count: Double, time: Int64? = nil) {
        for bucket in buckets {
            line("_bucket", labels, Self.limitText(bucket.limit), bucket.cumulativeCount, time)
            if let exemplar = bucket.exemplar, format == .openMetrics { append(exemplar) }
            bytes.append(UInt8(ascii: "\n"))
        }
        sample(suffix: "_sum", labels, sum, time: time)
        sample(suffix: "_count", labels, count, time: time)
    }

    /// The whole text; nothing may be written afterwards.
    package mutating func finish() -> [UInt8] {
        if format == .openMetrics { append("# EOF\n") }
        return bytes
    }

    /// A bucket's limit or a quantile as the label has it: always with a fraction or an exponent, `1.0`, as Prometheus 3 keeps it.
    package static func limitText(_ limit: Double) -> String { limit.isInfinite ? (limit < 0 ? "-Inf" : "+Inf") : limit.isNaN ? "NaN" : limit.description }

    // MARK: Pieces

    private mutating func line(_ suffix: String, _ labels: [SeriesLabel], _ limit: String?, _ value: Double, _ time: Int64?) {
        series(suffix, labels, limit)
        bytes.append(UInt8(ascii: " "))
        append(value)
        guard let time else { return }
        bytes.append(UInt8(ascii: " "))
        append(time: time)
    }

    private mutating func series(_ suffix: String, _ labels: [SeriesLabel], _ limit: String?) {
        let isPlain = Self.isPlainMetricName(name)
        if isPlain {
            append(name)
            append(suffix)
        }
        var isFirst = true
        if !isPlain {
            append("{\"")
            appendEscaped(name, quotes: true)
            append(suffix)
            bytes.append(UInt8(ascii: "\""))
            isFirst = false
        }
        for label in labels where label.name != SeriesLabels.metricName { append(label.name, label.value, &isFirst) }
        if let limit { append("le", limit, &isFirst) }
        if !isFirst { bytes.append(UInt8(ascii: "}")) }
    }

    private mutating func append(_ name: String, _ value: String, _ isFirst: inout Bool) {
        bytes.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
        isFirst = false
        if Self.isPlainLabelName(name) {
            append(name)
        } else {
            bytes.append(UInt8(ascii: "\""))
            appendEscaped(name, quotes: true)
            bytes.append(UInt8(ascii: "\""))
        }
        append("=\"")
        appendEscaped(value, quotes: true)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ exemplar: Exemplar) {
        append(" # {")
        for (index, label) in exemplar.labels.labels.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(label.name)
            append("=\"")
            appendEscaped(label.value, quotes: true)
            bytes.append(UInt8(ascii: "\""))
        }
        append("} ")
        append(exemplar.value)
        bytes.append(UInt8(ascii: " "))
        append(time: exemplar.time)
    }

    /// Milliseconds in the text format, seconds in OpenMetrics.
    private mutating func append(time: Int64) {
        guard format == .openMetrics else { return append(String(time)) }
        let (seconds, milliseconds) = time.magnitude.quotientAndRemainder(dividingBy: 1_000)
        append((time < 0 ? "-" : "") + String(seconds))
        guard milliseconds > 0 else { return }
        let digits = String(milliseconds)
        append("." + String(repeating: "0", count: 3 - digits.utf8.count) + digits)
    }

    private mutating func append(_ value: Double) {
        if value.isNaN { return append("NaN") }
        if value.isInfinite { return append(value < 0 ? "-Inf" : "+Inf") }
        append(value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description)
    }

    private mutating func append(familyName name: String) {
        if Self.isPlainMetricName(name) { return append(name) }
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(name, quotes: true)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    /// Whether a metric's name may stand in front of the braces: letters, digits, `_` and `:`, no digit first.
    package static func isPlainMetricName(_ name: String) -> Bool { isPlain(name, allowsColon: true) }

    /// Whether a label's name needs no quotes.
    package static func isPlainLabelName(_ name: String) -> Bool { isPlain(name, allowsColon: false) }

    private static func isPlain(_ name: String, allowsColon: Bool) -> Bool {
        var isFirst = true
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
            case UInt8(ascii: ":") where allowsColon: break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !isFirst: break
            default: return false
            }
            isFirst = false
        }
        return !isFirst
    }
}
