internal import GatewayModel
package import PromQL

/// Where an objective stands.
package struct ObjectiveStatus: Sendable {
    package let objective: Objective
    /// The share that went well over the window; of costs the share of the budget that was spent. nil without requests.
    package let indicator: Double?
    /// What is left of the error budget: from 1 down to 0, negative beyond. nil without requests.
    package let budgetLeft: Double?
    /// How many times as fast as it may the budget burnt in the last hour and the last six; nil without requests.
    package let burnHour: Double?
    package let burnSixHours: Double?
    /// Why nothing is known.
    package let fault: String?

    private static let hour: Int64 = 3_600_000

    /// Asks for everything at an instant. Reads the series that the rules record from, so that it is right before the rules have run, too. Blocks.
    ///
    /// - Parameter time: milliseconds since 1970.
    package init(_ objective: Objective, _ engine: PromQLEngine, at time: Int64) {
        self.objective = objective
        do throws(PromQLError) {
            let ratio = try Self.ratio(objective, over: objective.window, engine, time)
            let (hour, sixHours) = (try Self.ratio(objective, over: Self.hour, engine, time), try Self.ratio(objective, over: 6 * Self.hour, engine, time))
            if case .cost = objective.indicator { indicator = ratio } else { indicator = ratio.map { 1 - $0 } }
            budgetLeft = ratio.map { 1 - $0 / objective.errorBudget }
            burnHour = hour.map { $0 / objective.errorBudget }
            burnSixHours = sixHours.map { $0 / objective.errorBudget }
            fault = nil
        } catch {
            (indicator, budgetLeft, burnHour, burnSixHours) = (nil, nil, nil, nil)
            fault = error.message
        }
    }

    private static func ratio(_ objective: Objective, over window: Int64, _ engine: PromQLEngine, _ time: Int64) throws(PromQLError) -> Double? {
        let expression: Expression
        do throws(PromQLSyntaxError) { expression = try PromQLParser.parse(ObjectiveExpressions(objective: objective).errorRatio(over: window)) } catch {
            throw PromQLError(.badData, error.description)
        }
        guard case .vector(let samples) = try engine.instant(expression, at: time).value, let value = samples.first?.value, value.isFinite else { return nil }
        return value
    }
}
