internal import ByteCoding
internal import GatewayModel

/// Notes which values occur in which cell of one segment, for one field.
///
/// Dictionary codes are noted in a bitmap of cells x codes where that is small, which costs one bit per row; everything else in a ``PairSet``:
/// codes, integers as they are, and text fields as 64-bit hashes (with a million different texts the chance of a miscount is 3 in 10^8).
struct DistinctFeeder {
    /// Bits of the largest bitmap: 8 MiB.
    private static let bitmapBitsMax = 1 << 26
    /// Keys drawn once per start, so that nobody can craft texts that hash alike.
    private static let hash = SipHash(key0: .random(in: 0...UInt64.max), key1: .random(in: 0...UInt64.max))

    let field: RequestField
    /// Codes of the segment's dictionary, 0 included.
    private let codeCount: Int
    /// What codes stand for; nil unless the field is dictionary-coded.
    let dictionary: StringTable?
    private var bitmap: [UInt64] = []
    private(set) var pairs = PairSet()
    private let usesBitmap: Bool

    /// - Parameter cellsMax: the most cells that can come, nil when that is not known.
    init(_ field: RequestField, segment: any RecordSegment, cellsMax: Int?) throws(StorageError) {
        self.field = field
        dictionary = field.kind == .dictionary ? try segment.dictionary(field) : nil
        codeCount = dictionary.map { $0.count + 1 } ?? 0
        let (bits, overflow) = (cellsMax ?? Int.max).multipliedReportingOverflow(by: codeCount)
        usesBitmap = field.kind == .dictionary && !overflow && bits <= Self.bitmapBitsMax
        if usesBitmap { bitmap = Array(repeating: 0, count: bits / 64 + 1) }
    }

    /// Bytes of memory held.
    var bytes: Int { bitmap.capacity * 8 + pairs.bytes }

    /// Notes the present values of a block.
    mutating func add(_ columns: ColumnBlock, _ cells: CellAssignment) {
        switch field.kind {
        case .dictionary where usesBitmap: Self.note(columns.codes(field), cells, codeCount, &bitmap)
        case .dictionary:
            let codes = columns.codes(field)
            cells.forEachRow { row, cell in if codes[row] != 0 { pairs.insert(cell: UInt32(cell), value: UInt64(codes[row])) } }
        case .integer:
            let values = columns.integers(field)
            cells.forEachRow { row, cell in
                if values[row] != absentInteger { pairs.insert(cell: UInt32(cell), value: UInt64(bitPattern: values[row])) }
            }
        case .text:
            let texts = columns.texts(field)
            cells.forEachRow { row, cell in
                if texts.length(row) > 0 { pairs.insert(cell: UInt32(cell), value: unsafe texts.withBytes(row) { unsafe Self.hash($0) }) }
            }
        }
    }

    /// Calls `body` with every cell and value noted; values of dictionary fields are the segment's codes.
    func forEach(_ body: (UInt32, UInt64) -> Void) {
        pairs.forEach(body)
        for word in bitmap.indices where bitmap[word] != 0 {
            var rest = bitmap[word]
            while rest != 0 {
                let bit = word * 64 + rest.trailingZeroBitCount
                rest &= rest &- 1
                body(UInt32(bit / codeCount), UInt64(bit % codeCount))
            }
        }
    }

    private static func note(_ codes: [UInt32], _ cells: CellAssignment, _ codeCount: Int, _ bitmap: inout [UInt64]) {
        let codes = codes.span
        var bits = bitmap.mutableSpan
        switch cells {
        case .runs(let runs):
            for run in runs { for row in run.rows { set(&bits, run.cell &* codeCount, codes[row]) } }
        case .mixed(let cells):
            let cells = cells.span
            for row in cells.indices { set(&bits, Int(cells[row]) &* codeCount, codes[row]) }
        }
    }

    @inline(__always) private static func set(_ bits: inout MutableSpan<UInt64>, _ base: Int, _ code: UInt32) {
        let bit = base &+ Int(code)
        bits[bit &>> 6] |= (code == 0 ? 0 : 1) &<< UInt64(bit & 63)
    }
}
