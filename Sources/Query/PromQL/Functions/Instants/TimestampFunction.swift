internal import GatewayModel

/// `timestamp(v)`: the instant for which each sample stands, in seconds since 1970.
///
/// Of a selector the engine gives the samples' own times and does not ask here.
struct TimestampFunction: InstantFunction {
    func apply(_ arguments: [StepValue], call: Call, context: FunctionContext, notes: inout QueryNotes) throws(PromQLError) -> StepValue {
        var rows = arguments[0].rows
        for index in rows.indices {
            for step in rows[index].values.indices where rows[index].hasSample(at: step) {
                rows[index].values[step] = Double(context.grid[step]) / 1_000
            }
            rows[index].histograms = []
            context.dropName(of: &rows[index])
        }
        return .vector(rows)
    }
}
