/// A regular expression as instructions over the bytes of UTF-8: a nondeterministic automaton whose branches are in order of preference.
///
/// Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", https://swtch.com/~rsc/regexp/regexp2.html
struct PatternProgram {
    enum Instruction {
        /// A byte of the range leads on.
        case byte(ClosedRange<UInt8>, Int32)
        /// Both ways lead on; the first is preferred.
        case branch(Int32, Int32)
        /// Remembers the place: the start of group n as 2n, its end as 2n + 1.
        case save(Int32, Int32)
        case assertion(PatternAssertion, Int32)
        case match
        case fail
    }

    /// Instructions of 24 bytes; counted repetitions are written out. `.{1,1000}` has ten thousand.
    static let instructionsMax = 100_000

    private(set) var instructions: [Instruction] = []
    private(set) var entry: Int32 = 0
    /// Whether it asks for word boundaries or lines, which depend on the characters around a place.
    private(set) var hasContext = false

    /// - Returns: nil when it would be larger than ``instructionsMax``.
    init?(_ tree: PatternNode) {
        instructions.append(.match)
        guard let entry = append(tree, 0) else { return nil }
        self.entry = entry
    }

    private mutating func emit(_ instruction: Instruction) -> Int32? {
        guard instructions.count < Self.instructionsMax else { return nil }
        instructions.append(instruction)
        return Int32(instructions.count - 1)
    }

    /// Appends a node that leads on to an instruction, and returns where it starts.
    private mutating func append(_ node: PatternNode, _ next: Int32) -> Int32? {
        switch node {
        case .empty: return next
        case .assertion(let assertion):
            if assertion != .textStart, assertion != .textEnd { hasContext = true }
            return emit(.assertion(assertion, next))
        case .characters(let set): return append(set, next)
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() {
                guard let entry = append(part, next) else { return nil }
                next = entry
            }
            return next
        case .alternatives(let alternatives):
            var entries: [Int32] = []
            for alternative in alternatives {
                guard let entry = append(alternative, next) else { return nil }
                entries.append(entry)
            }
            return branch(to: entries)
        case .capture(let inner, let number):
            guard let end = emit(.save(Int32(2 * number + 1), next)), let entry = append(inner, end) else { return nil }
            return emit(.save(Int32(2 * number), entry))
        case .repetition(let inner, let least, let most, let isGreedy): return append(inner, least, most, isGreedy, next)
        }
    }

    private mutating func branch(to entries: [Int32]) -> Int32? {
        guard var entry = entries.last else { return emit(.fail) }
        for other in entries.dropLast().reversed() {
            guard let branch = emit(.branch(other, entry)) else { return nil }
            entry = branch
        }
        return entry
    }

    private mutating func append(_ inner: PatternNode, _ least: Int, _ most: Int?, _ isGreedy: Bool, _ next: Int32) -> Int32? {
        var entry = next
        if let most {
            for _ in 0..<max(most - least, 0) {
                guard let body = append(inner, entry), let branch = emit(isGreedy ? .branch(body, next) : .branch(next, body)) else { return nil }
                entry = branch
            }
        } else {
            guard let loop = emit(.fail), let body = append(inner, loop) else { return nil }
            instructions[Int(loop)] = isGreedy ? .branch(body, next) : .branch(next, body)
            entry = loop
        }
        for _ in 0..<least {
            guard let body = append(inner, entry) else { return nil }
            entry = body
        }
        return entry
    }

    // MARK: Characters as bytes

    private mutating func append(_ set: CharacterRanges, _ next: Int32) -> Int32? {
        var entries: [Int32] = []
        for range in set.ranges {
            for sequence in Self.sequences(range) {
                var next = next
                for bytes in sequence.reversed() {
                    guard let entry = emit(.byte(bytes, next)) else { return nil }
                    next = entry
                }
                entries.append(next)
            }
        }
        return branch(to: entries)
    }

    /// The sequences of bytes that a range of characters has in UTF-8. Text is known to be well formed, so that more may be let through
    /// than there are characters.
    private static func sequences(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
        let lengths: [(UInt32, UInt32)] = [(0, 0x7f), (0x80, 0x7ff), (0x800, 0xffff), (0x10000, 0x10ffff)]
        return lengths.enumerated().flatMap { index, limits -> [[ClosedRange<UInt8>]] in
            let (low, high) = (max(range.lowerBound, limits.0), min(range.upperBound, limits.1))
            return low > high ? [] : split(low, high, continuations: index)
        }
    }

    private static func split(_ low: UInt32, _ high: UInt32, continuations: Int) -> [[ClosedRange<UInt8>]] {
        for place in 0..<continuations {
            let mask: UInt32 = 1 << (6 * UInt32(place + 1)) - 1
            if low & ~mask == high & ~mask { continue }
            if low & mask != 0 {
                return split(low, low | mask, continuations: continuations) + split((low | mask) + 1, high, continuations: continuations)
            }
            if high & mask != mask {
                return split(low, (high & ~mask) - 1, continuations: continuations) + split(high & ~mask, high, continuations: continuations)
            }
        }
        return [zip(encoded(low, continuations), encoded(high, continuations)).map { $0...$1 }]
    }

    private static func encoded(_ value: UInt32, _ continuations: Int) -> [UInt8] {
        let lead: [UInt32] = [0, 0xc0, 0xe0, 0xf0]
        return (0...continuations).reversed().map { place in
            let bits = value >> (6 * UInt32(place))
            return UInt8(truncatingIfNeeded: place == continuations ? lead[continuations] | bits : 0x80 | bits & 0x3f)
        }
    }
}
