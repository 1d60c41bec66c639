internal import GatewayModel

/// A scalar that depends on the instant and the query only: `time()`, `pi()`, `start()`, `end()`, `step()`, `range()`.
struct QueryScalar: InstantFunction {
    /// The number at one instant of the grid, in milliseconds since 1970.
    let number: @Sendable (_ instant: Int64, _ context: FunctionContext) -> Double

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        .scalar((0..<context.grid.count).map { number(context.grid[$0], context) })
    }

    static let all: [String: any InstantFunction] = [
        "pi": QueryScalar { _, _ in .pi },
        "time": QueryScalar { instant, _ in Double(instant) / 1_000 },
        "start": QueryScalar { _, context in Double(context.query.start) / 1_000 },
        "end": QueryScalar { _, context in Double(context.query.end) / 1_000 },
        "step": QueryScalar { _, context in Double(context.query.step) / 1_000 },
        "range": QueryScalar { _, context in Double(context.query.end - context.query.start) / 1_000 },
    ]
}

/// `max_of(a, b)` and `min_of(a, b)` of two scalars.
struct ExtremeOfScalars: InstantFunction {
    let choose: @Sendable (Double, Double) -> Double

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        .scalar((0..<context.grid.count).map { choose(arguments[0].number(at: $0), arguments[1].number(at: $0)) })
    }

    static let all: [String: any InstantFunction] = [
        "max_of": ExtremeOfScalars(choose: Extremes.maximum),
        "min_of": ExtremeOfScalars(choose: Extremes.minimum),
    ]
}

/// `vector(scalar)`: one row without labels.
struct VectorFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        .vector([StepRow(.none, values: (0..<context.grid.count).map { arguments[0].number(at: $0) })])
    }
}

/// `scalar(vector)`: the number of the only row that has one at an instant; NaN where none or several have. Histograms do not count.
struct ScalarFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        let rows = arguments[0].rows
        return .scalar(
            (0..<context.grid.count).map { step in
                var found: Double?
                for row in rows where row.histogram(at: step) == nil && !StepRow.isAbsent(row.values[step]) {
                    if found != nil { return .nan }
                    found = row.values[step]
                }
                return found ?? .nan
            })
    }
}

/// The larger and the smaller of two numbers as Go has them, which differ from Swift's in NaN.
enum Extremes {
    /// As Go's `math.Max`: NaN if one is NaN, unless one is positive infinity.
    static func maximum(_ left: Double, _ right: Double) -> Double {
        if left == .infinity || right == .infinity { return .infinity }
        return left.isNaN || right.isNaN ? .nan : max(left, right)
    }

    /// As Go's `math.Min`: NaN if one is NaN, unless one is negative infinity.
    static func minimum(_ left: Double, _ right: Double) -> Double {
        if left == -.infinity || right == -.infinity { return -.infinity }
        return left.isNaN || right.isNaN ? .nan : min(left, right)
    }
}
