internal import GatewayModel
internal import RequestQuery
internal import Synchronization

/// The label sets of a strand's series, without the metric's name and `le`.
struct StrandLines: Sendable {
    struct Line: Sendable {
        /// Sorted by name, no value empty.
        let labels: [SeriesLabel]
        /// Positions of the combinations of the cube that it adds up; empty where it stands at 0.
        var members: [Int]
    }

    private(set) var lines: [Line] = []

    init(_ strand: FamilyStrand, _ state: TotalsState, _ table: FamilyTable) {
        var known: [[String]: Int] = [:]
        let isCounted = strand.isCounted
        if isCounted {
            let by = table.cubes[strand.cube].by
            for (place, key) in state.cubes[strand.cube].keys.enumerated() {
                let values = zip(strand.labels, strand.places).map { label, field in label.value(of: state.values[Int(by[field].rawValue)].text(key[field])) }
                let line = self.line(values, strand, &known)
                lines[line].members.append(place)
            }
        }
        addZeroes(strand, state, table, &known)
    }

    private mutating func line(_ values: [String], _ strand: FamilyStrand, _ known: inout [[String]: Int]) -> Int {
        if let line = known[values] { return line }
        var labels = strand.constants
        for (label, value) in zip(strand.labels, values) where !value.isEmpty { labels.append(SeriesLabel(label.name, value)) }
        labels.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        known[values] = lines.count
        lines.append(Line(labels: labels, members: []))
        return lines.count - 1
    }

    /// Every known combination of open labels, with every known value of the others.
    private mutating func addZeroes(_ strand: FamilyStrand, _ state: TotalsState, _ table: FamilyTable, _ known: inout [[String]: Int]) {
        if case .unavailable = strand.measure { return }
        let by = table.cubes[strand.zeroCube].by
        let closed = strand.labels.map { $0.isOpen ? [""] : $0.known }
        for key in state.cubes[strand.zeroCube].keys {
            var combinations: [[String]] = [[]]
            for (index, label) in strand.labels.enumerated() {
                let values: [String]
                if let place = strand.zeroPlaces[index] {
                    values = [label.value(of: state.values[Int(by[place].rawValue)].text(key[place]))]
                } else {
                    values = closed[index]
                }
                combinations = combinations.flatMap { head in values.map { head + [$0] } }
            }
            for values in combinations { _ = line(values, strand, &known) }
        }
    }
}

extension FamilyStrand {
    /// Whether its values are added up from records, so that they are known at every instant.
    var isCounted: Bool {
        switch measure {
        case .count, .sum, .histogram: true
        case .gauge, .unavailable: false
        }
    }
}

/// What stands before the value of each of a strand's series on a page: line by line its buckets, sum and count, or its value.
struct SeriesTexts: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(_ strand: FamilyStrand, _ lines: StrandLines) {
        let limits = strand.limitLabels
        for line in lines.lines {
            let labels = strand.sourceLabels.isEmpty ? line.labels : line.labels.filter { !strand.sourceLabels.contains($0) }
            if limits.isEmpty {
                append(ExpositionWriter.series(strand.name, labels))
            } else {
                for limit in limits { append(ExpositionWriter.series(strand.name, suffix: "_bucket", labels + [limit])) }
                for suffix in ["_sum", "_count"] { append(ExpositionWriter.series(strand.name, suffix: suffix, labels)) }
            }
        }
    }

    private mutating func append(_ text: [UInt8]) {
        bytes += text
        ends.append(bytes.count)
    }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }
}

/// The lines of all strands, made anew only when a combination has come that was not there before.
final class LineCache: Sendable {
    private struct Entry: Sendable {
        let combinations: Int
        let zeroes: Int
        let lines: StrandLines
        let texts: SeriesTexts
    }

    private let entries: Mutex<[Int: Entry]> = Mutex([:])

    func lines(_ strand: Int, _ context: ReadingContext) -> StrandLines { entry(strand, context.state, context.table).lines }

    /// The lines with what stands before their values on a page.
    func page(_ strand: Int, _ context: ReadingContext) -> (lines: StrandLines, texts: SeriesTexts) {
        let entry = entry(strand, context.state, context.table)
        return (entry.lines, entry.texts)
    }

    private func entry(_ strand: Int, _ state: TotalsState, _ table: FamilyTable) -> Entry {
        let plan = table.strands[strand]
        let combinations = state.cubes[plan.cube].keys.count
        let zeroes = state.cubes[plan.zeroCube].keys.count
        if let known = entries.withLock({ $0[strand] }), known.combinations == combinations, known.zeroes == zeroes { return known }
        let lines = StrandLines(plan, state, table)
        let entry = Entry(combinations: combinations, zeroes: zeroes, lines: lines, texts: SeriesTexts(plan, lines))
        entries.withLock { $0[strand] = entry }
        return entry
    }
}
