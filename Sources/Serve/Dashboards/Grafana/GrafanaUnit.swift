internal import ByteCoding

extension Panel.Unit {
    /// Grafana's name of the unit. Those that it does not know are written behind the number.
    var grafana: String {
        switch self {
        case .number, .tokens: "short"
        case .ratio: "percentunit"
        case .percent: "percent"
        case .seconds: "s"
        case .requestsPerSecond: "reqps"
        case .tokensPerSecond: "suffix: tok/s"
        case .dollars: "currencyUSD"
        case .dollarsPerHour: "suffix: USD/h"
        case .dollarsPerMonth: "suffix: USD/month"
        case .bytes: "bytes"
        case .bytesPerSecond: "binBps"
        case .perSecond: "suffix: /s"
        case .watts: "watt"
        case .celsius: "celsius"
        case .days: "d"
        }
    }
}

extension Panel.Thresholds {
    private static let (good, warning, critical) = ("green", "orange", "red")

    /// Grafana's steps: each holds from its value on, the first from minus infinity.
    var grafanaSteps: JSONValue {
        var steps: [(color: String, from: Double?)] = []
        if isBelow {
            steps = [(critical != nil ? Self.critical : warning != nil ? Self.warning : Self.good, nil)]
            if let critical { steps.append((warning != nil ? Self.warning : Self.good, critical)) }
            if let warning { steps.append((Self.good, warning)) }
        } else {
            steps = [(Self.good, nil)]
            if let warning { steps.append((Self.warning, warning)) }
            if let critical { steps.append((Self.critical, critical)) }
        }
        return .made([
            "mode": .text("absolute"),
            "steps": .array(steps.map { .made(["color": .text($0.color), "value": $0.from.map(JSONValue.decimal) ?? .null]) }),
        ])
    }
}
