internal import ByteCoding
internal import GatewayModel

/// A filter made ready for one segment: names became codes, tests of absent fields became constants, `not` was pushed down to the tests.
///
/// Dictionary tests are evaluated once per distinct value of the segment, never per row; when no value passes, the whole segment is skipped.
indirect enum SegmentFilter {
    case constant(Bool)
    /// `passes[code]` is 1 when rows with the code pass.
    case codes(RequestField, passes: [UInt8])
    case range(RequestField, IntegerCondition)
    /// Text fields, row by row; no patterns means any present text.
    case texts(RequestField, [TextPattern], isInverted: Bool)
    case every([SegmentFilter])
    case any([SegmentFilter])

    /// - Throws: when the segment's dictionary cannot be read.
    init(_ filter: Filter, segment: any RecordSegment, isInverted: Bool = false) throws(StorageError) {
        switch filter {
        case .all: self = .constant(!isInverted)
        case .and(let parts): self = try Self.join(parts, segment, isInverted, isConjunction: !isInverted)
        case .or(let parts): self = try Self.join(parts, segment, isInverted, isConjunction: isInverted)
        case .not(let part): self = try SegmentFilter(part, segment: segment, isInverted: !isInverted)
        case .exists(let field): self = try Self.presence(field, segment, isInverted)
        case .range(let field, let range):
            guard field.kind == .integer, segment.contains(field) else {
                self = .constant(isInverted)
                return
            }
            // The smallest integer means absent and is never inside a range.
            let lowest = max(range.lowerBound, Int64.min + 1)
            guard lowest <= range.upperBound else {
                self = .constant(isInverted)
                return
            }
            self = .range(field, IntegerCondition(lowest: lowest, width: UInt64(bitPattern: range.upperBound &- lowest), isInverted: isInverted))
        case .matches(let field, let patterns): self = try Self.matching(field, patterns, segment, isInverted)
        }
    }

    var constant: Bool? { if case .constant(let value) = self { value } else { nil } }

    private static func join(
        _ parts: [Filter], _ segment: any RecordSegment, _ isInverted: Bool, isConjunction: Bool
    ) throws(StorageError) -> SegmentFilter {
        var compiled: [SegmentFilter] = []
        for part in parts {
            let one = try SegmentFilter(part, segment: segment, isInverted: isInverted)
            // `false and x` is false, `true or x` is true; the other constants change nothing.
            if let value = one.constant {
                if value != isConjunction { return .constant(value) }
            } else {
                compiled.append(one)
            }
        }
        if compiled.isEmpty { return .constant(isConjunction) }
        if compiled.count == 1 { return compiled[0] }
        compiled.sort { $0.cost < $1.cost }
        return isConjunction ? .every(compiled) : .any(compiled)
    }

    private static func presence(_ field: RequestField, _ segment: any RecordSegment, _ isInverted: Bool) throws(StorageError) -> SegmentFilter {
        guard segment.contains(field) else { return .constant(isInverted) }
        switch field.kind {
        case .integer: return .range(field, IntegerCondition(lowest: .min + 1, width: UInt64.max - 1, isInverted: isInverted))
        case .text: return .texts(field, [], isInverted: isInverted)
        case .dictionary:
            var passes = [UInt8](repeating: isInverted ? 0 : 1, count: try segment.dictionary(field).count + 1)
            passes[0] = isInverted ? 1 : 0
            return .codes(field, passes: passes)
        }
    }

    private static func matching(
        _ field: RequestField, _ patterns: [TextPattern], _ segment: any RecordSegment, _ isInverted: Bool
    ) throws(StorageError) -> SegmentFilter {
        guard segment.contains(field), !patterns.isEmpty else { return .constant(isInverted) }
        switch field.kind {
        case .integer: return .constant(isInverted)
        case .text: return .texts(field, patterns, isInverted: isInverted)
        case .dictionary:
            var passes = DictionaryMatch.passes(patterns, try segment.dictionary(field))
            guard passes.contains(1) else { return .constant(isInverted) }
            if isInverted { for code in passes.indices { passes[code] ^= 1 } }
            return .codes(field, passes: passes)
        }
    }

    /// The order of evaluation: the cheapest test first, since the dearer ones are left out once nothing is left.
    private var cost: Int {
        switch self {
        case .constant: 0
        case .codes: 1
        case .range: 2
        case .every(let parts), .any(let parts): parts.reduce(1) { $0 + $1.cost }
        case .texts: 1_000
        }
    }
}

/// Which values of a dictionary match.
enum DictionaryMatch {
    /// One byte per code, 0 for "absent": 1 when the value matches one of the patterns.
    static func passes(_ patterns: [TextPattern], _ dictionary: StringTable) -> [UInt8] {
        var passes = [UInt8](repeating: 0, count: dictionary.count + 1)
        let exact = Set(patterns.filter(\.isExact).compactMap(\.pieces.first).map { Array($0.utf8) })
        let wild = patterns.filter { !$0.isExact }
        let lengths = Set(exact.map(\.count))
        for index in 0..<dictionary.count {
            // Most values already differ in length from all that are looked for.
            if lengths.contains(dictionary.length(index)), exact.contains(Array(dictionary.bytes[dictionary.range(index)])) {
                passes[index + 1] = 1
            } else if !wild.isEmpty, unsafe dictionary.withBytes(index, { bytes in wild.contains { unsafe $0.matches(bytes) } }) {
                passes[index + 1] = 1
            }
        }
        return passes
    }
}
