/// The limits by which people look at distributions of a field: ten to each power of ten.
extension ValueLimits {
    /// The steps of one power of ten: the preferred numbers R10 of ISO 3, rounded as that standard allows (R'10, R''10), so that 2 and 5 are among them.
    private static let preferred = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8]

    /// The steps of a field's values, in inside units. Durations from 0.1 ms to 1,000 s, tokens up to ten millions, bytes up to ten thousand millions,
    /// money from a millionth of a dollar to a thousand dollars.
    package static func steps(_ field: RequestField) -> ValueLimits {
        switch field.unit {
        case .duration: durationSteps
        case .money: moneySteps
        case .bytes: byteSteps
        case .tokens, .count, .none, .instant, .boolean: countSteps
        }
    }

    /// Limits given at the edge.
    ///
    /// - Returns: nil unless there are 1 to ``countMax``, ascending by at least one inside unit, none negative.
    package init?(_ bounds: [Double], in unit: FieldUnit) {
        var limits: [Int64] = []
        for bound in bounds {
            guard bound.isFinite, let limit = Int64(exactly: (bound * unit.divisor).rounded()) else { return nil }
            limits.append(limit)
        }
        self.init(limits)
    }

    /// The limits at the edge, as numbers that read back as the same limits.
    package func values(in unit: FieldUnit) -> [Double] { limits.map { Double($0) / unit.divisor } }

    /// The limits at the edge as texts, whole numbers without a point.
    package func texts(in unit: FieldUnit) -> [String] {
        values(in: unit).map { value in Int64(exactly: value).map(String.init) ?? String(value) }
    }

    private static let durationSteps = steps(2...8)
    private static let moneySteps = steps(3...11)
    private static let byteSteps = steps(0...9)
    private static let countSteps = steps(0...6)

    /// The steps of these powers of ten and the power behind the last, each once where rounding makes small ones alike.
    private static func steps(_ powers: ClosedRange<Int>) -> ValueLimits {
        var limits: [Int64] = []
        var power = 1.0
        for exponent in 0...(powers.upperBound + 1) {
            for step in preferred where powers.contains(exponent) || (step == 1 && exponent > powers.upperBound) {
                let limit = Int64((step * power).rounded())
                if limit > limits.last ?? 0 { limits.append(limit) }
            }
            power *= 10
        }
        return ValueLimits(ascending: limits)
    }
}
