internal import GatewayModel

/// `clamp(v, minimum, maximum)`, `clamp_min(v, minimum)`, `clamp_max(v, maximum)`.
///
/// Where the minimum lies above the maximum, nothing is left.
struct ClampFunction: InstantFunction {
    /// Which argument is the minimum and the maximum; nil for no limit.
    let minimumIndex: Int?
    let maximumIndex: Int?

    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        for index in rows.indices {
            rows[index].mapNumbers { number, step in
                let minimum = minimumIndex.map { arguments[$0].number(at: step) } ?? -.infinity
                let maximum = maximumIndex.map { arguments[$0].number(at: step) } ?? .infinity
                return maximum < minimum ? StepRow.absent : Extremes.maximum(minimum, Extremes.minimum(maximum, number))
            }
            context.dropName(of: &rows[index])
        }
        return .vector(rows)
    }

    static let all: [String: any InstantFunction] = [
        "clamp": ClampFunction(minimumIndex: 1, maximumIndex: 2),
        "clamp_min": ClampFunction(minimumIndex: 1, maximumIndex: nil),
        "clamp_max": ClampFunction(minimumIndex: nil, maximumIndex: 1),
    ]
}

/// `round(v, to_nearest = 1)`: to the nearest multiple, upwards from the middle.
struct RoundFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        for index in rows.indices {
            rows[index].mapNumbers { number, step in
                // Multiplying by the inverse gives 0.3 and not 0.30000000000000004 for steps such as 0.1.
                let inverse = 1 / (arguments.count > 1 ? arguments[1].number(at: step) : 1)
                return (number * inverse + 0.5).rounded(.down) / inverse
            }
            context.dropName(of: &rows[index])
        }
        return .vector(rows)
    }
}
