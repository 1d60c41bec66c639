/// A regular expression as a tree.
indirect enum PatternNode: Equatable {
    case empty
    case assertion(PatternAssertion)
    /// One character of a set; an empty set matches nothing.
    case characters(CharacterRanges)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    /// `most` is nil for any number.
    case repetition(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    /// A group that is remembered, counted from 1.
    case capture(PatternNode, Int)
}

/// A condition on a place between characters.
enum PatternAssertion: UInt8 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary
}

/// A set of characters as ranges of code points: ascending, apart from each other, without surrogates.
struct CharacterRanges: Equatable {
    private(set) var ranges: [ClosedRange<UInt32>]

    /// - Parameter ranges: in any order; they may overlap.
    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    static let all = CharacterRanges([0...0x10ffff])
    static let allButNewline = CharacterRanges([0...0x09, 0x0b...0x10ffff])

    var inverted: CharacterRanges {
        var inverse: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { inverse.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10ffff { inverse.append(next...0x10ffff) }
        return CharacterRanges(inverse)
    }

    /// With all characters that differ from a member in case only.
    var caseFolded: CharacterRanges { CharacterRanges(ranges + CaseFolding.others(than: ranges)) }

    func union(_ other: CharacterRanges) -> CharacterRanges { CharacterRanges(ranges + other.ranges) }

    /// The only member; nil when there are none or several.
    var single: Unicode.Scalar? {
        guard ranges.count == 1, let range = ranges.first, range.count == 1 else { return nil }
        return Unicode.Scalar(range.lowerBound)
    }

    /// The members when there are at most so many; nil otherwise.
    func members(most: Int) -> [Unicode.Scalar]? {
        guard ranges.reduce(0, { $0 + $1.count }) <= most else { return nil }
        return ranges.flatMap { $0.compactMap(Unicode.Scalar.init) }
    }
}
