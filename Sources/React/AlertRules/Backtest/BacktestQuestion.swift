package import GatewayModel
package import PromQL

/// What a backtest is asked: an alert's condition, replayed over a stretch of the past.
package struct BacktestQuestion: Sendable {
    package var expression: Expression
    /// The expression as written.
    package var text: String
    /// Milliseconds that the condition must hold before the alert fires, and that it fires on after the condition has ended.
    package var holdDuration: Int64
    package var keepFiringFor: Int64
    /// Labels of the rule, put on each alert; those that are templates are left out.
    package var labels: [SeriesLabel]
    /// The instants of evaluation, milliseconds since 1970.
    package var grid: StepGrid
    /// Takes the place of the expression's own number.
    package var limit: Double?
    /// Pages in a week that may be had at most; asks for the threshold that keeps to it.
    package var pagesPerWeekMax: Double?
    /// Alerts with the same values of these labels are told in one message; empty for all alerts of the rule in one.
    package var groupBy: [String]
    /// When something was really wrong; empty when nobody has marked it.
    package var incidents: [TimeSpan]
    /// Whether other thresholds are tried too.
    package var wantsCurve: Bool

    /// Instants of one backtest: 90 days in minutes, and room.
    package static let instantsMax = 200_000

    package init(
        expression: Expression, text: String, holdDuration: Int64 = 0, keepFiringFor: Int64 = 0, labels: [SeriesLabel] = [], grid: StepGrid, limit: Double? = nil,
        pagesPerWeekMax: Double? = nil, groupBy: [String] = [], incidents: [TimeSpan] = [], wantsCurve: Bool = true
    ) {
        self.expression = expression
        self.text = text
        self.holdDuration = holdDuration
        self.keepFiringFor = keepFiringFor
        self.labels = labels
        self.grid = grid
        self.limit = limit
        self.pagesPerWeekMax = pagesPerWeekMax
        self.groupBy = groupBy
        self.incidents = incidents
        self.wantsCurve = wantsCurve
    }

    /// The instants between two times at an interval, or at the smallest multiple of it that gives few enough of them.
    ///
    /// - Parameter step: asked for; nil for the interval.
    package static func grid(from: Int64, to: Int64, interval: Int64, step: Int64? = nil) -> StepGrid {
        if let step { return StepGrid(start: from, end: to, step: max(1, step)) }
        let interval = max(1, interval)
        let span = max(0, to - from)
        var factor: Int64 = 1
        while span / (interval * factor) >= Int64(instantsStandard) { factor += 1 }
        return StepGrid(start: from, end: to, step: interval * factor)
    }

    /// Instants when nobody asks for a step: 90 days in minutes.
    private static let instantsStandard = 129_601
}

/// From one time until before another, milliseconds since 1970.
package struct TimeSpan: Sendable, Hashable, Comparable {
    package var from: Int64
    package var to: Int64

    package init(from: Int64, to: Int64) {
        self.from = from
        self.to = to
    }

    package var milliseconds: Int64 { max(0, to - from) }

    package func overlaps(_ other: TimeSpan) -> Bool { from < other.to && other.from < to }

    package static func < (lhs: TimeSpan, rhs: TimeSpan) -> Bool { (lhs.from, lhs.to) < (rhs.from, rhs.to) }
}

/// Why a backtest has no answer.
package enum BacktestError: Error, Sendable, Equatable {
    /// What was asked makes no sense, in a sentence.
    case question(String)
    /// The expression could not be evaluated.
    case query(PromQLError)
    /// More values than are held; the number, and how many there may be.
    case tooManyValues(Int, max: Int)
    case cancelled

    /// A sentence.
    package var message: String {
        switch self {
        case .question(let message): message
        case .query(let error): error.message
        case .tooManyValues(let count, let most):
            "the expression has at least \(count) values in that time, more than \(most): take a shorter time, a longer step, or fewer series"
        case .cancelled: "the backtest was cancelled"
        }
    }
}
