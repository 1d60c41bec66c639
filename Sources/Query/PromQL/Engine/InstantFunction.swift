internal import GatewayModel

/// What a function may know of the evaluation around it.
struct FunctionContext: Sendable {
    /// The instants for which values are asked for; within a subquery its own.
    let grid: StepGrid
    /// The instants of the whole query; `step` is 0 for an instant query.
    let query: StepGrid
    /// Whether names are taken away at the end of the query only.
    let delaysNameRemoval: Bool
    /// Whether there is one instant only, so that the order of rows is an answer of its own (`sort`).
    var isInstant: Bool { grid.start == grid.end }
    /// Whether the whole query is for one instant.
    var isInstantQuery: Bool { query.step == 0 }

    /// Takes away the name, now or at the end of the query, as all functions do that change what a value means.
    func dropName(of row: inout StepRow) {
        row.dropsName = true
        if !delaysNameRemoval { row.labels = row.labels.droppingName }
    }
}

/// A function whose arguments are instant vectors, scalars and strings.
///
/// Errors and notes are Prometheus's. What two rows of a result have in common (labels, at the same instant) is checked by the engine.
protocol InstantFunction: Sendable {
    /// - Parameters:
    ///   - arguments: the values of the arguments, over the context's grid. Rows of vectors may be given back changed.
    ///   - call: the arguments as they were written, for places in notes and for the labels of `absent`.
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue
}

extension SeriesLabels {
    /// Labels that say what a metric is, which go when a value no longer is that metric's.
    ///
    /// Source: prometheus/prometheus `schema/labels.go`.
    static let metricLabels: Set<String> = [metricName, "__type__", "__unit__"]

    /// Without the metric's name, type and unit.
    var droppingName: SeriesLabels {
        labels.contains { $0.name.hasPrefix("__") && Self.metricLabels.contains($0.name) } ? dropping(Self.metricLabels) : self
    }
}
