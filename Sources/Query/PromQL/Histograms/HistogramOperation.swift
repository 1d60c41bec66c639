internal import GatewayModel

/// One side of a binary operator at one instant.
enum SampleOperand: Sendable {
    case number(Double)
    case histogram(NativeHistogram)

    /// As notes call it.
    var typeName: String {
        switch self {
        case .number: "float"
        case .histogram: "histogram"
        }
    }
}

/// Binary operators of which at least one side is a histogram.
///
/// Source: prometheus/prometheus `promql/engine.go`, vectorElemBinop.
enum HistogramOperation {
    /// Arithmetic and trimming. What makes no sense (`histogram + number`, `histogram * histogram`) has no result and leaves an info.
    ///
    /// - Parameter place: where the whole operation is written.
    static func apply(
        _ operation: BinaryOperator, _ left: SampleOperand, _ right: SampleOperand, place: SourceRange?, notes: inout QueryNotes
    ) -> NativeHistogram? {
        switch (left, operation, right) {
        case (.histogram(let left), .add, .histogram(let right)): return combine(left, right, isAddition: true, place: place, notes: &notes)
        case (.histogram(let left), .subtract, .histogram(let right)): return combine(left, right, isAddition: false, place: place, notes: &notes)
        case (.histogram(let histogram), .multiply, .number(let factor)), (.number(let factor), .multiply, .histogram(let histogram)):
            return histogram.scaled(by: factor).compacted()
        case (.histogram(let histogram), .divide, .number(let divisor)): return histogram.divided(by: divisor).compacted()
        case (.histogram(let histogram), .trimUpper, .number(let value)): return histogram.trimmed(at: value, isUpper: true)
        case (.histogram(let histogram), .trimLower, .number(let value)): return histogram.trimmed(at: value, isUpper: false)
        default:
            refuse(operation, left, right, place: place, notes: &notes)
            return nil
        }
    }

    /// Comparisons: histograms are equal or not; anything else has no result and leaves an info.
    static func compare(_ operation: BinaryOperator, _ left: SampleOperand, _ right: SampleOperand, place: SourceRange?, notes: inout QueryNotes) -> Bool? {
        switch (left, operation, right) {
        case (.histogram(let left), .equal, .histogram(let right)): return left.holdsSame(as: right)
        case (.histogram(let left), .notEqual, .histogram(let right)): return !left.holdsSame(as: right)
        default:
            refuse(operation, left, right, place: place, notes: &notes)
            return nil
        }
    }

    private static func combine(
        _ left: NativeHistogram, _ right: NativeHistogram, isAddition: Bool, place: SourceRange?, notes: inout QueryNotes
    ) -> NativeHistogram? {
        var result = left
        let kind: HistogramNote.Operation = isAddition ? .addition : .subtraction
        do {
            let done = try isAddition ? result.add(right) : result.subtract(right)
            if done.resetsCollide { notes.add(.resetsCollide(kind), at: place) }
            if done.boundsReconciled { notes.add(.boundsReconciled(kind), at: place) }
        } catch {
            notes.add(.incompatibleBucketLayout(operation: isAddition ? "+" : "-"), at: place)
            return nil
        }
        // A difference may become smaller at any time.
        if !isAddition { result.resetHint = .gauge }
        return result.compacted()
    }

    private static func refuse(
        _ operation: BinaryOperator, _ left: SampleOperand, _ right: SampleOperand, place: SourceRange?, notes: inout QueryNotes
    ) {
        notes.add(.incompatibleTypes(left: left.typeName, operation: operation.rawValue, right: right.typeName), at: place)
    }
}
