internal import ByteCoding
internal import GatewayModel

/// Chooses the tables of a part from a sample of its records.
///
/// A table is worth what it spares: one row for at least ``RollupSettings/recordsPerRowMin`` records. Dimensions are added greedily, those that questions
/// ask by most first, as long as the rows stay well below that; one that says nothing new (a status class beside the status) costs no rows and so
/// always comes along. Beside the wide table of whole parts there is a narrow one, because the smallest that serves a question answers it.
struct RollupPlanner {
    private let records: Int
    private let settings: RollupSettings
    private var times: [Int64] = []
    private var codes: [RequestField: (codes: [UInt32], cardinality: UInt64)] = [:]

    /// Blocks of the sample: enough to see how many rows dimensions give, so few that planning stays a small share of building.
    private static let sampleBlocks = 2

    /// - Parameter dimensions: the part's possible dimensions.
    init(_ segment: any RecordSegment, _ dimensions: [RequestField: DimensionCodes], _ settings: RollupSettings) throws(StorageError) {
        records = segment.rowCount
        self.settings = settings
        let blocks = Set((0..<Self.sampleBlocks).map { (2 * $0 + 1) * segment.blockCount / (2 * Self.sampleBlocks) }).sorted()
        var scratch: [Int64] = []
        for block in blocks {
            try segment.read(.time, block: block, into: &scratch)
            times += scratch
        }
        for (field, dimension) in dimensions {
            var all: [UInt32] = []
            var part: [UInt32] = []
            for block in blocks {
                try dimension.read(segment, block: block, &scratch, into: &part)
                all += part
            }
            codes[field] = (all, dimension.cardinality)
        }
    }

    /// Rows beyond which a table is given up, and those that dimensions are added up to.
    private var rowsMax: Int { min(RollupShape.rowsLimit, records / max(1, settings.recordsPerRowMin)) }
    private var rowsWide: Int { rowsMax / 4 }
    private var rowsNarrow: Int { rowsMax / 32 }

    func shapes() -> [RollupShape] {
        var shapes: [RollupShape] = []
        let wide = dimensions(step: 0, adding: RollupShape.dimensionCandidates, upTo: rowsWide)
        for step in [0, RollupShape.quarterHour, RollupShape.minute] {
            let candidates = wide ?? []
            let own = step == 0 ? wide : dimensions(step: step, adding: candidates, upTo: rowsWide)
            guard let own else { continue }
            var shape = RollupShape(step: step, dimensions: own, rowsMax: rowsMax)
            if step > 0 { shape.counted = RollupShape.countedByTime }
            shapes.append(shape)
            // Models leave little room for statuses by the quarter of an hour; rates of failures get a table of their own.
            let other = step == 0 ? dimensions(step: step, adding: own, upTo: rowsNarrow)
                : step == RollupShape.quarterHour ? dimensions(step: step, adding: RollupShape.failureCandidates, upTo: rowsWide / 2) : nil
            if let other, !other.isEmpty, Set(other) != Set(own) { shapes.append(RollupShape(step: step, dimensions: other, rowsMax: rowsMax)) }
        }
        shapes += clientShapes() + sketchShapes() + countShapes()
        return shapes
    }

    /// Histograms over whole parts: one table by as many of their usual dimensions as stay small.
    private func countShapes() -> [RollupShape] {
        guard let dimensions = dimensions(step: 0, adding: RollupShape.countedCandidates, upTo: rowsNarrow) else { return [] }
        var shape = RollupShape(step: 0, dimensions: dimensions, rowsMax: rowsMax)
        shape.counted = RollupShape.counted
        shape.sums = RollupShape.counted
        return [shape]
    }

    private func clientShapes() -> [RollupShape] {
        guard codes[.client] != nil else { return [] }
        var shapes: [RollupShape] = []
        for step in [0, RollupShape.quarterHour] {
            guard dimensions(step: step, fixed: [.client], adding: [], upTo: rowsMax / 2) != nil else { continue }
            let more = dimensions(step: step, fixed: [.client], adding: RollupShape.clientCandidates, upTo: rowsWide) ?? [.client]
            shapes.append(RollupShape(step: step, dimensions: more, rowsMax: rowsMax))
            if more.count > 1, let lone = dimensions(step: step, fixed: [.client], adding: [], upTo: rowsWide / 4) {
                shapes.append(RollupShape(step: step, dimensions: lone, rowsMax: rowsMax))
            }
        }
        return shapes
    }

    private func sketchShapes() -> [RollupShape] {
        var shapes = [RollupShape(step: 0, dimensions: [], sketches: RollupShape.sketched, rowsMax: 1)]
        let models = [RequestField.provider, .model].filter { codes[$0] != nil }
        if !models.isEmpty, dimensions(step: 0, fixed: models, adding: [], upTo: min(RollupShape.sketchRowsMax, rowsWide)) != nil {
            shapes.append(RollupShape(step: 0, dimensions: models, sketches: RollupShape.sketched, rowsMax: 2 * RollupShape.sketchRowsMax))
        }
        return shapes
    }

    // MARK: Dimensions

    /// The fixed dimensions, and of the candidates those that keep the rows below a limit; nil when the fixed ones alone go beyond it.
    private func dimensions(step: Int64, fixed: [RequestField] = [], adding candidates: [RequestField], upTo limit: Int) -> [RequestField]? {
        var numbers = [UInt32](repeating: 0, count: times.count)
        var radix: UInt64 = 1
        // Rows that the sample may have for the whole part to stay below the limit.
        let sampleShare = Double(times.count) / Double(records)
        let sampleMax = Int(Double(limit) * (step == 0 ? sampleShare.squareRoot() : sampleShare))
        if step > 0 {
            let keys = times.map { UInt64(bitPattern: $0 / step) }
            var numbering = RowNumbering()
            guard numbering.number(keys, 0..<keys.count, base: 0, max: sampleMax, into: &numbers) else { return nil }
        } else if sampleMax < 1 {
            return nil
        }
        var chosen: [RequestField] = []
        for (index, field) in (fixed + candidates.filter { !fixed.contains($0) }).enumerated() {
            guard let column = codes[field] else { continue }
            let (product, overflow) = radix.multipliedReportingOverflow(by: column.cardinality)
            if !overflow, product < 1 << 62, let more = Self.refined(numbers, column, max: sampleMax) {
                numbers = more
                radix = product
                chosen.append(field)
            } else if index < fixed.count {
                return nil
            }
        }
        return chosen
    }

    /// The numbers of the rows told apart by one more dimension; nil when there are more than `max`.
    private static func refined(_ numbers: [UInt32], _ column: (codes: [UInt32], cardinality: UInt64), max: Int) -> [UInt32]? {
        // One value everywhere tells nothing apart.
        guard let first = column.codes.first, column.codes.contains(where: { $0 != first }) else { return numbers }
        let keys = zip(numbers, column.codes).map { UInt64($0) * column.cardinality + UInt64($1) }
        var numbering = RowNumbering()
        var refined = numbers
        return numbering.number(keys, 0..<keys.count, base: 0, max: max, into: &refined) ? refined : nil
    }
}
