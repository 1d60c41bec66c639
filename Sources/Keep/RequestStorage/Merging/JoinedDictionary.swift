internal import ByteCoding
internal import GatewayModel

/// The dictionaries of a column of several parts as one, most frequent value first: known before any row is read, because parts keep
/// how many rows each value has. Rows that are hidden are read, and subtracted.
struct JoinedDictionary {
    let ranked: RankedDictionary
    /// For each source the joined code of each of its codes; 0 stays 0.
    let maps: [[UInt32]]

    init(_ field: RequestField, _ sources: [MergeSource]) throws(StorageError) {
        let interner = StringInterner()
        var counts: [Int64] = [0]
        var maps: [[UInt32]] = []
        for source in sources {
            let values = try source.segment.dictionary(field)
            let rows = try Self.visibleCounts(field, source)
            guard rows.count == values.count else { throw source.unknownCode(field) }
            var map = [UInt32](repeating: 0, count: values.count + 1)
            for index in 0..<values.count {
                let code = unsafe Int(values.withBytes(index) { unsafe interner.intern($0) }) + 1
                if code == counts.count { counts.append(0) }
                counts[code] += Int64(rows[index])
                map[index + 1] = UInt32(code)
            }
            maps.append(map)
        }
        ranked = RankedDictionary(interner.takeTable(), counts: counts)
        self.maps = maps.map { [ranked] in $0.map { ranked.ranks[Int($0)] } }
    }

    /// For each value how many rows have it and are not hidden.
    private static func visibleCounts(_ field: RequestField, _ source: MergeSource) throws(StorageError) -> [Int] {
        var counts = try source.segment.valueCounts(field)
        guard source.segment.hiddenCount > 0, source.segment.contains(field) else { return counts }
        var codes: [UInt32] = []
        for block in 0..<source.segment.blockCount {
            let hidden = source.segment.hiddenRows(ofBlock: block)
            guard !hidden.isEmpty else { continue }
            try source.segment.read(field, block: block, into: &codes)
            for row in hidden where codes[Int(row)] > 0 {
                guard counts.indices.contains(Int(codes[Int(row)]) - 1) else { throw source.unknownCode(field) }
                counts[Int(codes[Int(row)]) - 1] -= 1
            }
        }
        return counts
    }

    /// Gives codes their joined codes; false when one is unknown, as damage would bring.
    static func translate(_ codes: inout [UInt32], _ map: [UInt32]) -> Bool {
        guard codes.allSatisfy({ Int($0) < map.count }) else { return false }
        for index in codes.indices { codes[index] = map[Int(codes[index])] }
        return true
    }
}
