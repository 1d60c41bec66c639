/// Which characters are the same but for their case, as Go's `unicode.SimpleFold` has it: `k`, `K` and the Kelvin sign are.
enum CaseFolding {
    /// The characters that are the same as one of the ranges but for their case.
    static func others(than ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var found: [ClosedRange<UInt32>] = []
        for range in ranges {
            var index = table.partitioningIndex { $0.value >= range.lowerBound }
            while index < table.count, table[index].value <= range.upperBound {
                for other in table[index].others { found.append(other...other) }
                index += 1
            }
        }
        return found
    }

    /// Characters that have others, ascending.
    private static let table: [(value: UInt32, others: [UInt32])] = {
        var classes: [UInt32: [UInt32]] = [:]
        for scalar in casedBlocks.joined().compactMap(Unicode.Scalar.init) where !turkic.contains(scalar.value) {
            classes[key(of: scalar), default: []].append(scalar.value)
        }
        var table: [(value: UInt32, others: [UInt32])] = []
        for members in classes.values where members.count > 1 {
            for member in members { table.append((member, members.filter { $0 != member })) }
        }
        return table.sorted { $0.value < $1.value }
    }()

    /// The lower case of the upper case, which joins letters with more than two forms.
    private static func key(of scalar: Unicode.Scalar) -> UInt32 {
        let upper = only(scalar.properties.uppercaseMapping) ?? scalar
        return (only(upper.properties.lowercaseMapping) ?? upper).value
    }

    private static func only(_ text: String) -> Unicode.Scalar? { text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil }

    /// The dotted capital and the dotless small i, whose case depends on the language.
    private static let turkic: Set<UInt32> = [0x130, 0x131]

    /// The blocks of Unicode that have letters of two cases.
    private static let casedBlocks: [ClosedRange<UInt32>] = [
        0x0041...0x058f, 0x10a0...0x10ff, 0x13a0...0x13fd, 0x1c80...0x1cbf, 0x1d79...0x1d8e, 0x1e00...0x1fff, 0x2126...0x2188, 0x24b6...0x24e9,
        0x2c00...0x2dff, 0xa640...0xa7ff, 0xab30...0xabbf, 0xff21...0xff5a, 0x10400...0x104ff, 0x10570...0x105bf, 0x10c80...0x10cf2,
        0x118a0...0x118df, 0x16e40...0x16e7f, 0x1e900...0x1e943,
    ]
}

extension Array {
    /// The first index whose element satisfies a condition that all elements behind it satisfy too; the count when there is none.
    fileprivate func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
