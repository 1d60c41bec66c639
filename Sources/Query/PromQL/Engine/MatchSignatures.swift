internal import GatewayModel

/// Which rows of two vectors have the labels in common that the matching asks for: each row's match group as a small number, found once for all instants.
struct MatchSignatures: Sendable {
    /// Group of each row, by position.
    private(set) var left: [Int] = []
    private(set) var right: [Int] = []
    private(set) var count = 0

    init(_ left: [StepRow], _ right: [StepRow], _ matching: VectorMatching) {
        var numbers: [SeriesLabels: Int] = [:]
        let names = Set(matching.labels)
        let withoutName = names.union([SeriesLabels.metricName])
        func number(_ row: StepRow) -> Int {
            let key = matching.isOn ? row.labels.keeping(names) : row.labels.dropping(withoutName)
            if let known = numbers[key] { return known }
            numbers[key] = numbers.count
            return numbers.count - 1
        }
        self.left = left.map(number)
        self.right = right.map(number)
        count = numbers.count
    }
}

extension Evaluator {
    /// `and`, `or`, `unless`: at each instant by whether the other side has any sample in the match group.
    mutating func setOperation(
        _ left: [StepRow], _ right: [StepRow], _ operation: BinaryOperator, _ matching: VectorMatching
    ) throws(PromQLError) -> [StepRow] {
        let signatures = MatchSignatures(left, right, matching)
        switch operation {
        case .and:
            let there = presence(right, signatures.right, signatures.count)
            return filtered(left, signatures.left) { group, step in there[group]?[step] == true }
        case .unless:
            let there = presence(right, signatures.right, signatures.count)
            return filtered(left, signatures.left) { group, step in there[group]?[step] != true }
        default:
            let there = presence(left, signatures.left, signatures.count)
            return try unique(left + filtered(right, signatures.right) { group, step in there[group]?[step] != true })
        }
    }

    /// For each match group whether it has a sample, one for each instant; nil for groups without rows.
    private func presence(_ rows: [StepRow], _ groups: [Int], _ count: Int) -> [[Bool]?] {
        var there: [[Bool]?] = Array(repeating: nil, count: count)
        for (row, group) in zip(rows, groups) {
            var mask = there[group] ?? Array(repeating: false, count: steps)
            there[group] = nil
            for step in 0..<steps where row.hasSample(at: step) { mask[step] = true }
            there[group] = mask
        }
        return there
    }

    private func filtered(_ rows: [StepRow], _ groups: [Int], _ keeps: (Int, Int) -> Bool) -> [StepRow] {
        var kept: [StepRow] = []
        for (row, group) in zip(rows, groups) {
            var row = row
            for step in 0..<steps where row.hasSample(at: step) && !keeps(group, step) { row.set(nil as SampleOperand?, at: step) }
            if !row.isEmpty { kept.append(row) }
        }
        return kept
    }
}
