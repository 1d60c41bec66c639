internal import ByteCoding
internal import GatewayModel

/// Evaluates filters over a block into byte masks: 1 for rows that pass.
struct FilterEvaluator {
    /// Scratch masks, one per level of nesting.
    private var scratch: [[UInt8]] = []

    /// Which of the rows in `columns` pass, as a mask of exactly these rows.
    mutating func evaluate(
        _ filter: SegmentFilter, _ columns: inout ColumnBlock, segment: any RecordSegment, block: Int, into mask: inout [UInt8]
    ) throws(StorageError) {
        try evaluate(filter, &columns, segment, block, &mask, level: 0)
    }

    private mutating func evaluate(
        _ filter: SegmentFilter, _ columns: inout ColumnBlock, _ segment: any RecordSegment, _ block: Int, _ mask: inout [UInt8], level: Int
    ) throws(StorageError) {
        MaskKernel.resize(&mask, columns.count)
        switch filter {
        case .constant(let value): MaskKernel.fill(&mask, value)
        case .codes(let field, let passes):
            try columns.test(field, passes, into: &mask)
        case .range(let field, let condition):
            if Self.isOutside(segment.bounds(field, block: block), condition) {
                MaskKernel.fill(&mask, condition.isInverted)
            } else {
                try columns.test(field, condition, into: &mask)
            }
        case .texts(let field, let patterns, let isInverted):
            try columns.load(field)
            Self.test(columns.texts(field), patterns, isInverted, &mask)
        case .every(let parts): try combine(parts, &columns, segment, block, &mask, level, isConjunction: true)
        case .any(let parts): try combine(parts, &columns, segment, block, &mask, level, isConjunction: false)
        }
    }

    private mutating func combine(
        _ parts: [SegmentFilter], _ columns: inout ColumnBlock, _ segment: any RecordSegment, _ block: Int, _ mask: inout [UInt8], _ level: Int,
        isConjunction: Bool
    ) throws(StorageError) {
        if scratch.count <= level { scratch.append([]) }
        var part: [UInt8] = []
        swap(&part, &scratch[level])
        defer { swap(&part, &scratch[level]) }
        for (index, filter) in parts.enumerated() {
            if index == 0 {
                try evaluate(filter, &columns, segment, block, &mask, level: level + 1)
                continue
            }
            let passing = MaskCount.count(mask)
            if isConjunction ? passing == 0 : passing == mask.count { return }
            try evaluate(filter, &columns, segment, block, &part, level: level + 1)
            MaskKernel.combine(&mask, part, isConjunction: isConjunction)
        }
    }

    /// Whether a block's bounds alone say that no value lies in a condition's range. (That all do cannot be told: values may be absent.)
    private static func isOutside(_ bounds: ClosedRange<Int64>?, _ condition: IntegerCondition) -> Bool {
        guard let bounds else { return true }
        let highest = condition.lowest &+ Int64(bitPattern: condition.width)
        return bounds.upperBound < condition.lowest || bounds.lowerBound > highest
    }

    private static func test(_ texts: StringTable, _ patterns: [TextPattern], _ isInverted: Bool, _ mask: inout [UInt8]) {
        for row in 0..<texts.count {
            let isPresent = texts.length(row) > 0
            let passes = unsafe isPresent && (patterns.isEmpty || texts.withBytes(row) { bytes in patterns.contains { unsafe $0.matches(bytes) } })
            mask[row] = passes != isInverted ? 1 : 0
        }
    }
}

/// The loops over masks.
enum MaskKernel {
    /// Makes an array exactly `count` long, its elements whatever they were.
    static func resize<Element: FixedWidthInteger>(_ array: inout [Element], _ count: Int) {
        if array.count > count { array.removeLast(array.count - count) }
        if array.count < count { array.append(contentsOf: repeatElement(0, count: count - array.count)) }
    }

    static func fill(_ mask: inout [UInt8], _ value: Bool) {
        var target = mask.mutableSpan
        target.update(repeating: value ? 1 : 0)
    }

    static func combine(_ mask: inout [UInt8], _ part: [UInt8], isConjunction: Bool) {
        let part = part.span
        var target = mask.mutableSpan
        precondition(part.count == target.count, "masks of one block are equally long")
        if isConjunction {
            for index in part.indices { unsafe target[unchecked: index] &= part[unchecked: index] }
        } else {
            for index in part.indices { unsafe target[unchecked: index] |= part[unchecked: index] }
        }
    }
}
