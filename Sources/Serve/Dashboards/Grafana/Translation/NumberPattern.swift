/// Regular expressions for ranges of whole numbers, as labels such as `status_code` hold them.
enum NumberPattern {
    /// A pattern (RE2, anchored by its user) of the decimal texts of the numbers in `range` that are not negative.
    ///
    /// Up to three digits are told apart; beyond them only "all larger numbers" can be said.
    ///
    /// - Returns: nil where the range has a limit beyond three digits, or no number at all.
    static func of(_ range: ClosedRange<Int64>) -> String? {
        let isOpen = range.upperBound == .max
        guard range.lowerBound <= 999, range.upperBound >= 0, isOpen || range.upperBound <= 999 else { return nil }
        var patterns: [String] = []
        for digits in 1...3 {
            let smallest: Int64 = digits == 1 ? 0 : digits == 2 ? 10 : 100
            let largest: Int64 = digits == 1 ? 9 : digits == 2 ? 99 : 999
            let low = max(range.lowerBound, smallest)
            let high = min(range.upperBound, largest)
            if low <= high { patterns += Self.patterns(Self.digits(low), Self.digits(high)) }
        }
        if isOpen { patterns.append(".{4,}") }
        return patterns.joined(separator: "|")
    }

    private static func digits(_ number: Int64) -> ArraySlice<Int> { String(number).compactMap(\.wholeNumberValue)[...] }

    /// Patterns of the numbers from `low` to `high`, which have the same number of digits.
    private static func patterns(_ low: ArraySlice<Int>, _ high: ArraySlice<Int>) -> [String] {
        guard let first = low.first, let last = high.first else { return [""] }
        let (lowRest, highRest) = (low.dropFirst(), high.dropFirst())
        if first == last { return patterns(lowRest, highRest).map { "\(first)\($0)" } }
        let beginsWhole = lowRest.allSatisfy { $0 == 0 }
        let endsWhole = highRest.allSatisfy { $0 == 9 }
        var result: [String] = []
        if !beginsWhole { result += patterns(lowRest, lowRest.map { _ in 9 }[...]).map { "\(first)\($0)" } }
        let (from, through) = (beginsWhole ? first : first + 1, endsWhole ? last : last - 1)
        if from <= through { result.append(`class`(from, through) + String(repeating: ".", count: lowRest.count)) }
        if !endsWhole { result += patterns(highRest.map { _ in 0 }[...], highRest).map { "\(last)\($0)" } }
        return result
    }

    private static func `class`(_ from: Int, _ through: Int) -> String { from == through ? "\(from)" : from == 0 && through == 9 ? "." : "[\(from)-\(through)]" }
}
