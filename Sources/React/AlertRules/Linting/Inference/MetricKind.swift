internal import GatewayModel

/// What the name of a metric says about it, by Prometheus's rules for names.
enum MetricName {
    /// Counters for certain: `_total` and `_bucket`.
    static func isCounter(_ name: String) -> Bool { !name.contains(":") && (name.hasSuffix("_total") || name.hasSuffix("_bucket")) }

    /// Counters when they belong to a histogram or summary; gauges have such names too (`pg_stat_activity_count`).
    static func mayBeCounter(_ name: String) -> Bool { !name.contains(":") && (name.hasSuffix("_count") || name.hasSuffix("_sum")) }

    /// Gauges for certain: what no counter can measure.
    static func isGauge(_ name: String) -> Bool {
        name == "up"
            || ["_info", "_ratio", "_percent", "_percentage", "_celsius", "_timestamp", "_timestamp_seconds", "_temperature"].contains { name.hasSuffix($0) }
    }

    /// The name without what a histogram or summary adds to it.
    static func family(_ name: String) -> String {
        for suffix in ["_bucket", "_count", "_sum"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
        return name
    }

    /// The values that a metric of this name can have.
    static func range(_ name: String?) -> ValueRange {
        guard let name else { return .all }
        if name == "up" { return ValueRange(lower: 0, upper: 1) }
        return isCounter(name) || name.hasSuffix("_count") || name.hasSuffix("_bytes") ? .notNegative : .all
    }
}
