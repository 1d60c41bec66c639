internal import GatewayModel

/// OpenTelemetry's names as Prometheus has them.
///
/// Source: OpenTelemetry specification "Prometheus and OpenMetrics Compatibility"; the translation of prometheus/prometheus with suffixes and underscores.
enum OTLPNames {
    private static let units = [
        "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "By": "bytes",
        "KiBy": "kibibytes",
        "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tibibytes", "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
        "m": "meters",
        "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius", "Hz": "hertz", "1": "", "%": "percent",
    ]
    private static let unitsPer = ["s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"]

    /// A metric's name: words joined by underscores, its unit, `_total` behind counters, `_ratio` behind gauges without unit.
    static func metric(_ metric: OTLPMetric) -> String {
        var words = metric.name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != ":" }.map(String.init)
        let parts = metric.unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { trimmed(String($0)) }
        if let main = parts.first.map({ clean(units[$0] ?? $0, $0) }), !main.isEmpty, !words.contains(main) { words.append(main) }
        if parts.count > 1, case let per = clean(unitsPer[parts[1]] ?? parts[1], parts[1]), !per.isEmpty, !words.contains(per) { words += ["per", per] }
        if metric.kind == .sum, metric.isMonotonic { words = words.filter { $0 != "total" } + ["total"] }
        if metric.kind == .gauge, metric.unit == "1" { words = words.filter { $0 != "ratio" } + ["ratio"] }
        let name = words.joined(separator: "_")
        return name.first?.isNumber ?? false ? "_" + name : name
    }

    /// A label's name: every other character becomes an underscore, runs of them one.
    static func label(_ key: String) -> String {
        var name = ""
        for character in key.unicodeScalars {
            let isPlain = character.isASCII && (character.properties.isAlphabetic || character.properties.numericType != nil)
            if isPlain { name.unicodeScalars.append(character) } else if name.last != "_" { name.append("_") }
        }
        return name.first?.isNumber ?? false ? "key_" + name : name
    }

    /// A unit's word; none for annotations in braces (`{request}`).
    private static func clean(_ word: String, _ unit: String) -> String {
        if unit.contains("{") || unit.contains("}") { return "" }
        return word.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
    }

    private static func trimmed(_ text: String) -> String { text.split(separator: " ").joined(separator: " ") }
}
