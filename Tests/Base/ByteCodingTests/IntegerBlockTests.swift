import ByteCoding
import Testing

/// A column to encode, with a name for failures.
struct IntegerColumn: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let values: [Int64]
    /// The most bytes that it may take with `.small`; nil when that is not the point.
    var bytesMax: Int?

    init(_ name: String, _ values: [Int64], bytesMax: Int? = nil) {
        testDescription = name
        self.values = values
        self.bytesMax = bytesMax
    }

    static let absent = IntegerBlock.absent

    static let all: [IntegerColumn] = {
        var random = SeededGenerator(seed: 7)
        func draw(_ count: Int, _ body: (inout SeededGenerator, Int) -> Int64) -> [Int64] { (0..<count).map { body(&random, $0) } }
        var sum: Int64 = 1_700_000_000_000_000
        return [
            IntegerColumn("one value", [42], bytesMax: 9),
            IntegerColumn("one absent value", [absent], bytesMax: 9),
            IntegerColumn("two far apart", [.min + 1, .max]),
            IntegerColumn("absent beside the extremes", [.min + 1, absent, .max, 0]),
            IntegerColumn("absent beside the largest", [absent, .max]),
            IntegerColumn("constant", [Int64](repeating: -7, count: 1_000), bytesMax: 9),
            IntegerColumn("all absent", [Int64](repeating: absent, count: 1_000), bytesMax: 9),
            IntegerColumn("half absent", (0..<1_000).map { $0 % 2 == 0 ? absent : Int64($0) }),
            IntegerColumn("bits", draw(1_000) { generator, _ in Int64.random(in: 0...1, using: &generator) }, bytesMax: 170),
            IntegerColumn("negative", draw(1_000) { generator, _ in Int64.random(in: -900 ... -800, using: &generator) }),
            IntegerColumn("span of 2^54", draw(1_000) { generator, _ in Int64.random(in: 0..<(1 << 54), using: &generator) }),
            IntegerColumn("span of 2^56", draw(1_000) { generator, _ in Int64.random(in: 0..<(1 << 56), using: &generator) }),
            IntegerColumn("all of 64 bits", draw(1_000) { generator, _ in Int64.random(in: .min + 1 ... .max, using: &generator) }),
            IntegerColumn("whole milliseconds", draw(16_384) { generator, _ in Int64.random(in: 0..<1_024, using: &generator) * 1_000 }, bytesMax: 20_600),
            IntegerColumn(
                "one outlier among small ones", draw(16_384) { generator, index in index == 9 ? 86_400_000_000 : Int64.random(in: 0..<16, using: &generator) },
                bytesMax: 8_400),
            IntegerColumn(
                "ascending times", draw(16_384) { generator, _ in
                    sum += Int64.random(in: 0..<8_192, using: &generator)
                    return sum
                }, bytesMax: 27_000),
            IntegerColumn("consecutive", (0..<16_384).map { 5_000_000 + Int64($0) }, bytesMax: 64),
            IntegerColumn("status codes", draw(16_384) { generator, _ in [200, 200, 201, 404, 429, 500, 503, 504].randomElement(using: &generator) ?? 0 }, bytesMax: 6_400),
            IntegerColumn("absent and status", draw(5_000) { generator, _ in [absent, 200, 504].randomElement(using: &generator) ?? 0 }),
            IntegerColumn("more than 65,536 values", draw(70_000) { generator, _ in Int64.random(in: 0..<100, using: &generator) }),
        ]
    }()
}

@Test(arguments: IntegerColumn.all, [IntegerBlock.Effort.fast, .small]) func integersComeBackAsTheyWere(_ column: IntegerColumn, effort: IntegerBlock.Effort) throws {
    var bytes: [UInt8] = []
    IntegerBlock.encode(column.values, effort: effort, into: &bytes)
    var decoded: [Int64] = []
    try bytes.withUnsafeBytes { try IntegerBlock.decode($0, count: column.values.count, into: &decoded) }
    #expect(decoded == column.values)
    if effort == .small, let bytesMax = column.bytesMax { #expect(bytes.count <= bytesMax) }
}

@Test(arguments: 1...40) func randomIntegersComeBackAsTheyWere(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<20 {
        let width = Int.random(in: 0...62, using: &random)
        let scale = [1, 1, 50, 1_000].randomElement(using: &random) ?? 1
        let absentShare = [0.0, 0.0, 0.01, 0.5].randomElement(using: &random) ?? 0.0
        let values = (0..<Int.random(in: 1...3_000, using: &random)).map { _ -> Int64 in
            if Double.random(in: 0..<1, using: &random) < absentShare { return IntegerBlock.absent }
            let wide = Int.random(in: 0..<200, using: &random) == 0 ? 62 : width
            return Int64.random(in: 0...(1 << wide), using: &random) / (wide > 50 ? 1_000 : 1) * Int64(scale)
        }
        for effort in [IntegerBlock.Effort.fast, .small] {
            var bytes: [UInt8] = []
            IntegerBlock.encode(values, effort: effort, into: &bytes)
            var decoded: [Int64] = [1, 2, 3]
            try bytes.withUnsafeBytes { try IntegerBlock.decode($0, count: values.count, into: &decoded) }
            #expect(decoded == values, "seed \(seed)")
        }
    }
}

@Test func codesComeBackAsThirtyTwoBits() throws {
    var random = SeededGenerator(seed: 3)
    for largest in [UInt32(1), 7, 300, 70_000, .max] {
        let codes = (0..<5_000).map { _ in UInt32.random(in: 0...largest, using: &random) }
        for effort in [IntegerBlock.Effort.fast, .small] {
            var bytes: [UInt8] = []
            IntegerBlock.encode(codes.map { Int64($0) }, effort: effort, into: &bytes)
            var decoded: [UInt32] = []
            try bytes.withUnsafeBytes { try IntegerBlock.decode($0, count: codes.count, into: &decoded) }
            #expect(decoded == codes)
        }
    }
}

@Test(arguments: IntegerColumn.all.filter { $0.values.count <= 1_000 }) func shortenedIntegersAreRefused(_ column: IntegerColumn) {
    var bytes: [UInt8] = []
    IntegerBlock.encode(column.values, effort: .small, into: &bytes)
    for count in 0..<bytes.count {
        var decoded: [Int64] = []
        #expect(throws: ByteReadingError.self) {
            try bytes[..<count].withUnsafeBytes { try IntegerBlock.decode($0, count: column.values.count, into: &decoded) }
        }
    }
}

@Test func damagedIntegersNeverCrash() {
    var random = SeededGenerator(seed: 11)
    for column in IntegerColumn.all where column.values.count <= 5_000 {
        var bytes: [UInt8] = []
        IntegerBlock.encode(column.values, effort: .small, into: &bytes)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[Int.random(in: 0..<min(bytes.count, 40), using: &random)] = UInt8.random(in: 0...255, using: &random)
            var decoded: [Int64] = []
            // Wrong values are the checksum's business; reading outside of the bytes would be ours.
            damaged.withUnsafeBytes { bytes in _ = try? IntegerBlock.decode(bytes, count: column.values.count, into: &decoded) }
        }
    }
}
