internal import GatewayModel
internal import RequestQuery

/// Values of the chosen counters and histograms of one strand.
struct CounterRows {
    let choice: StrandChoice
    let plan: FamilyStrand
    let context: ReadingContext

    init(_ choice: StrandChoice, _ context: ReadingContext) {
        self.choice = choice
        self.context = context
        plan = context.table.strands[choice.strand]
    }

    /// By line and aspect (aspects innermost) one row of exact increases over windows.
    func increases(_ windows: TimeWindows) throws(QueryError) -> [[Double]] { rows(try sums(windows), areValues: false) }

    /// By line and aspect one row of values at instants: the total, less what came from the instant on.
    func values(at instants: [Int64]) throws(QueryError) -> [[Double]] { rows(try sums(TimeWindows(from: instants)), areValues: true) }

    private func sums(_ windows: TimeWindows) throws(QueryError) -> WindowSums {
        let by = context.table.cubes[plan.cube].by
        let need = WindowNeed(plan.measure, choice.aspects.map(\.aspect))
        let (state, cube) = (context.state, plan.cube)
        let filter = choice.filter(plan, context)
        return try WindowSums(need, windows, by: by, filter, context) { names in
            let key = state.key(names, by)
            // Combinations beyond the limit stand together.
            return state.cubes[cube].place(key) == nil ? key.map { _ in LabelValues.other } : key
        }
    }

    private func rows(_ sums: WindowSums, areValues: Bool) -> [[Double]] {
        let cube = context.state.cubes[plan.cube]
        let total = CubeTotal(context.table.cubes[plan.cube], cube, plan.measure)
        var rows: [[Double]] = []
        rows.reserveCapacity(choice.lines.count * choice.aspects.count)
        for line in choice.lines {
            let members = choice.all.lines[line].members
            for (_, _, aspect) in choice.aspects {
                var numbers = [Int64](repeating: 0, count: sums.windows)
                for member in members {
                    guard let row = sums.row(cube.keys[member], aspect) else { continue }
                    for (index, number) in row.enumerated() { numbers[index] += number }
                }
                let divisor = plan.divisor(aspect)
                if areValues {
                    let base = total.value(members, aspect)
                    rows.append(numbers.map { Double(base - $0) / divisor })
                } else {
                    rows.append(numbers.map { Double($0) / divisor })
                }
            }
        }
        return rows
    }
}

/// Reads totals of combinations by aspect.
struct CubeTotal {
    let cube: CubeTotals
    let measure: FamilyMeasure
    private let sum: Int
    private let distribution: Int

    init(_ plan: CubePlan, _ cube: CubeTotals, _ measure: FamilyMeasure) {
        self.cube = cube
        self.measure = measure
        sum = measure.field.flatMap { plan.sums.firstIndex(of: $0) } ?? 0
        if case .histogram(let field, let limits) = measure { distribution = plan.distribution(field, limits) ?? 0 } else { distribution = 0 }
    }

    /// A combination's values by the slots of the measure's limits.
    func slots(_ member: Int) -> ArraySlice<Int64> { cube.slots(distribution, member) }

    /// In inside units.
    func value(_ members: [Int], _ aspect: Aspect) -> Int64 {
        var total: Int64 = 0
        for member in members {
            switch aspect {
            case .value: if case .count = measure { total += cube.records[member] } else { total += cube.sums[sum][member] }
            case .sum: total += cube.sums[sum][member]
            case .count: total += cube.values[sum][member]
            case .bucket(let index): total += cube.slots(distribution, member).prefix(index + 1).reduce(0, +)
            }
        }
        return total
    }
}

extension FamilyStrand {
    /// What an aspect's inside units are divided by.
    func divisor(_ aspect: Aspect) -> Double {
        switch aspect {
        case .value, .sum: divisor
        case .count, .bucket: 1
        }
    }
}
