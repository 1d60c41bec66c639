internal import GatewayModel

/// Arguments, whose types the parser has checked.
extension StepValue {
    /// A vector's rows; none of other values.
    var rows: [StepRow] { if case .vector(let rows) = self { rows } else { [] } }

    /// A scalar's number at an instant; NaN of other values.
    func number(at step: Int) -> Double { if case .scalar(let numbers) = self { numbers[step] } else { .nan } }

    /// A string; empty of other values.
    var text: String { if case .string(let text) = self { text } else { "" } }
}

extension StepRow {
    /// Gives every number a new value; histograms are left out.
    mutating func mapNumbers(_ transform: (_ number: Double, _ step: Int) -> Double) {
        removeHistograms()
        for step in values.indices where !Self.isAbsent(values[step]) { values[step] = transform(values[step], step) }
    }

    /// Leaves only numbers.
    mutating func removeHistograms() {
        for (step, histogram) in histograms.enumerated() where histogram != nil { values[step] = Self.absent }
        histograms = []
    }
}
