internal import GatewayModel

/// How a gauge's value at an instant follows from records. Windows end at the instant; records count at their completion.
package enum GaugeFormula: Sendable, Equatable {
    /// The median over the streams and calls of the last minute of output tokens per second of generation, by model and provider; nothing without calls.
    case tokensPerSecond
    /// Calls that had started and not completed, by provider. Known only when they have completed: recent values grow.
    case activeRequests
    /// 1 while fewer than half of a provider's calls of the last five minutes, or fewer than three, failed by its fault; else 0.
    case providerHealth
    /// One of a provider's figures over the last five minutes.
    case provider(ProviderFigure)
    /// Output tokens per input token of the last hour, by provider and model; nothing without input tokens.
    case tokenEfficiency
    /// Distinct clients of the last day.
    case activeClients
    /// Dollars since a period of UTC began, by provider and model.
    case spend(SpendPeriod)
}

/// A period for which money is budgeted; it begins at midnight UTC.
package enum SpendPeriod: String, Sendable, CaseIterable {
    case day, month

    /// When the period that holds an instant began; both in milliseconds since 1970.
    func start(of instant: Int64) -> Int64 {
        let days = floorDivided(instant, by: Self.dayMilliseconds)
        switch self {
        case .day: return days * Self.dayMilliseconds
        case .month: return (days - (Timestamp.civil(fromDays: days).day - 1)) * Self.dayMilliseconds
        }
    }

    private static let dayMilliseconds: Int64 = 86_400_000
}

/// A figure of ``ProviderFigures``.
package enum ProviderFigure: String, Sendable, CaseIterable {
    case availability
    case errorRate = "error_rate"
    case latencyScore = "latency_score"
    case healthScore = "health_score"
}
