internal import GatewayModel
internal import RequestQuery

/// How Lens writes numbers, and the colours of thresholds.
enum LensFormat {
    /// The unit in which a measure's values are shown: its own, or the panel's where it only counts.
    ///
    /// - Parameter isPerSecond: whether counts and sums are divided by the seconds of their bucket.
    static func unit(of measure: QueryMeasure, panel: Panel.Unit, isPerSecond: Bool) -> Panel.Unit {
        let own = natural(measure)
        switch measure.function {
        case .ratio: return panel == .percent ? .percent : .ratio
        case .rate: return panel == .number ? .requestsPerSecond : panel
        case .rateOf: return own == .dollars ? .dollarsPerHour : perSecond(own)
        case .sum where isPerSecond: return perSecond(own)
        case .count where isPerSecond, .countWhere where isPerSecond: return panel == .number ? .requestsPerSecond : panel
        case .count, .countWhere, .distinct, .histogram: return .number
        case .sum, .average, .minimum, .maximum, .percentile: return own
        }
    }

    /// Unit of time to which Lens scales counts and sums of this unit; nil for totals.
    static func timeScale(_ unit: Panel.Unit) -> String? {
        switch unit {
        case .requestsPerSecond, .tokensPerSecond, .bytesPerSecond, .perSecond: "s"
        case .dollarsPerHour: "h"
        case .number, .ratio, .percent, .seconds, .tokens, .dollars, .dollarsPerMonth, .bytes, .watts, .celsius, .days: nil
        }
    }

    /// A column's `format`: https://github.com/elastic/kibana/tree/main/src/platform/plugins/shared/field_formats
    static func format(_ unit: Panel.Unit) -> KibanaJSON {
        switch unit {
        case .number: number(decimals: 0)
        case .ratio: ["id": "percent", "params": ["decimals": 2]]
        case .percent: number(decimals: 1, suffix: " %")
        case .seconds: number(decimals: 3, suffix: " s")
        case .requestsPerSecond: number(decimals: 2, suffix: " req/s")
        case .tokensPerSecond: number(decimals: 1, suffix: " tok/s")
        case .tokens: number(decimals: 0)
        case .dollars: number(decimals: 4, suffix: " USD")
        case .dollarsPerHour: number(decimals: 4, suffix: " USD/h")
        case .dollarsPerMonth: number(decimals: 2, suffix: " USD/month")
        case .bytes: ["id": "bytes", "params": ["decimals": 1]]
        case .bytesPerSecond: ["id": "bytes", "params": ["decimals": 1, "suffix": "/s"]]
        case .perSecond: number(decimals: 2, suffix: " /s")
        case .watts: number(decimals: 0, suffix: " W")
        case .celsius: number(decimals: 1, suffix: " °C")
        case .days: number(decimals: 1, suffix: " d")
        }
    }

    private static func number(decimals: Int, suffix: String? = nil) -> KibanaJSON {
        ["id": "number", "params": .members([("decimals", .number(Double(decimals))), ("suffix", suffix.map { .string($0) })])]
    }

    private static func natural(_ measure: QueryMeasure) -> Panel.Unit {
        switch measure.function {
        case .count, .countWhere, .rate, .distinct, .histogram: .number
        case .ratio: .ratio
        case .rateOf(let field), .sum(let field), .average(let field), .minimum(let field), .maximum(let field), .percentile(let field, _):
            switch field.unit {
            case .duration: .seconds
            case .bytes: .bytes
            case .tokens: .tokens
            case .money: .dollars
            case .none, .instant, .count, .boolean: .number
            }
        }
    }

    private static func perSecond(_ unit: Panel.Unit) -> Panel.Unit {
        switch unit {
        case .tokens: .tokensPerSecond
        case .bytes: .bytesPerSecond
        case .dollars: .dollarsPerHour
        default: .perSecond
        }
    }

    // MARK: Thresholds

    /// Kibana's own colours of good, warning and bad.
    static let good = "#209280"
    static let warning = "#d6bf57"
    static let critical = "#cc5642"

    /// The palette that colours a value by its thresholds; nil without any.
    static func palette(_ thresholds: Panel.Thresholds?) -> KibanaJSON? {
        guard let steps = steps(thresholds), let last = steps.last else { return nil }
        // A stop of `stops` is where a colour ends, one of `colorStops` where it begins; null is without end.
        let ends = steps.dropFirst().map(\.from) + [(last.from ?? 0) + 1]
        return [
            "type": "palette", "name": "custom",
            "params": [
                "name": "custom", "reverse": false, "rangeType": "number", "rangeMin": nil, "rangeMax": nil, "progression": "fixed", "continuity": "all",
                "steps": .number(Double(steps.count)), "maxSteps": 5,
                "stops": .array(zip(steps, ends).map { ["color": .string($0.color), "stop": $1.map { KibanaJSON.number($0) } ?? .null] }),
                "colorStops": .array(steps.map { ["color": .string($0.color), "stop": $0.from.map { KibanaJSON.number($0) } ?? .null] }),
            ],
        ]
    }

    /// Colours by rising value, each from where it begins; the first begins nowhere.
    private static func steps(_ thresholds: Panel.Thresholds?) -> [(color: String, from: Double?)]? {
        guard let thresholds else { return nil }
        var marks: [(String, Double)] = []
        if thresholds.isBelow {
            if let limit = thresholds.critical { marks.append((thresholds.warning == nil ? good : warning, limit)) }
            if let limit = thresholds.warning { marks.append((good, limit)) }
            guard !marks.isEmpty else { return nil }
            return [(thresholds.critical == nil ? warning : critical, nil)] + marks.map { ($0.0, $0.1) }
        }
        if let limit = thresholds.warning { marks.append((warning, limit)) }
        if let limit = thresholds.critical { marks.append((critical, limit)) }
        guard !marks.isEmpty else { return nil }
        return [(good, nil)] + marks.map { ($0.0, $0.1) }
    }

    /// The blue shades of heat maps: Kibana's own `cool` palette by share of the largest value.
    static let heat: KibanaJSON = ["type": "palette", "name": "cool", "params": ["continuity": "above", "reverse": false, "stops": []]]
}
