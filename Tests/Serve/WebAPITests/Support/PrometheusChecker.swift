/// Reads the Prometheus text format 0.0.4 strictly, independently of what writes it.
///
/// Source: Prometheus documentation, "Exposition formats": one HELP and one TYPE per family and before its samples, samples of a family together, no
/// series twice, values as Go's ParseFloat takes them, every line ended; and the naming rules that `promtool check metrics` enforces.
struct PrometheusChecker {
    private(set) var faults: [String] = []
    /// Value by series as written, labels included.
    private(set) var values: [String: Double] = [:]
    private var types: [String: String] = [:]
    private var helps: Set<String> = []
    private var current = ""

    init(_ text: String) {
        guard text.hasSuffix("\n") else {
            faults = ["the last line is not ended"]
            return
        }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) { check(String(line)) }
    }

    private mutating func check(_ line: String) {
        if line.hasPrefix("# HELP ") { return help(line.dropFirst(7)) }
        if line.hasPrefix("# TYPE ") { return type(line.dropFirst(7)) }
        sample(line)
    }

    private mutating func help(_ text: Substring) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, helps.insert(String(parts[0])).inserted else { return faults.append("HELP twice or empty: \(text)") }
        current = String(parts[0])
    }

    private mutating func type(_ text: Substring) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, parts[0] == current, types[parts[0]] == nil, ["counter", "gauge", "summary", "histogram"].contains(parts[1]) else {
            return faults.append("TYPE twice, apart from HELP or unknown: \(text)")
        }
        types[parts[0]] = parts[1]
        if parts[1] == "counter", !parts[0].hasSuffix("_total") { faults.append("a counter without _total: \(parts[0])") }
        if parts[1] != "counter", parts[0].hasSuffix("_total") { faults.append("no counter, but _total: \(parts[0])") }
        for suffix in ["_sum", "_count", "_bucket"] where parts[0].hasSuffix(suffix) { faults.append("a family that ends in \(suffix): \(parts[0])") }
    }

    private mutating func sample(_ line: String) {
        let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (NaN|[+-]?Inf|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)/
        guard let match = line.wholeMatch(of: pattern), let value = Double(String(match.3)) ?? Self.special(String(match.3)) else {
            return faults.append("no sample: \(line)")
        }
        let name = String(match.1)
        let isSummed = ["summary", "histogram"].contains(types[current]) && (name == current + "_sum" || name == current + "_count")
        let isBucket = types[current] == "histogram" && name == current + "_bucket" && line.contains("le=\"")
        if name != current || types[current] == "histogram", !isSummed, !isBucket { faults.append("a sample outside of its family: \(line)") }
        if types[current] == nil { faults.append("a sample without TYPE: \(line)") }
        let series = name + (match.2.map(String.init) ?? "")
        if values.updateValue(value, forKey: series) != nil { faults.append("a series twice: \(series)") }
    }

    private static func special(_ text: String) -> Double? { ["+Inf": .infinity, "Inf": .infinity, "-Inf": -.infinity, "NaN": .nan][text] }
}
