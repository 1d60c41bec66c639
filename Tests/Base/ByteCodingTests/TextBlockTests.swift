import ByteCoding
import Testing

struct TextColumn: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let strings: [String]
    var bytesMax: Int?

    static let all: [TextColumn] = {
        var random = SeededGenerator(seed: 5)
        func hexadecimal(_ count: Int) -> String { String((0..<count).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" }) }
        func uuid() -> String { [8, 4, 4, 4, 12].map(hexadecimal).joined(separator: "-") }
        return [
            TextColumn(testDescription: "empty strings", strings: ["", "", ""]),
            TextColumn(testDescription: "one", strings: ["b2fb4e3c"]),
            TextColumn(testDescription: "umlauts and emoji", strings: ["Größe", "", "🙂", "a"]),
            TextColumn(testDescription: "ids", strings: (0..<2_000).map { _ in hexadecimal(32) }, bytesMax: 2_000 * 16 + 40),
            TextColumn(testDescription: "UUIDs", strings: (0..<2_000).map { _ in uuid() }, bytesMax: 2_000 * 16 + 44),
            TextColumn(testDescription: "UUIDs with gaps", strings: (0..<2_001).map { $0 % 3 == 0 ? "" : uuid() }, bytesMax: 1_334 * 16 + 300),
            TextColumn(testDescription: "ids of odd length", strings: (0..<101).map { _ in hexadecimal(7) }),
            TextColumn(testDescription: "prefixed ids", strings: (0..<500).map { _ in "chatcmpl-" + hexadecimal(24) }, bytesMax: 500 * 12 + 40),
            TextColumn(testDescription: "capital ids are not a pattern", strings: (0..<50).map { _ in hexadecimal(16).uppercased() }),
            TextColumn(testDescription: "one string of another length", strings: (0..<50).map { hexadecimal($0 == 49 ? 15 : 16) }),
            TextColumn(testDescription: "a zero byte", strings: (0..<50).map { _ in "\0" + hexadecimal(16) }),
            TextColumn(testDescription: "sentences", strings: (0..<500).map { "the model is overloaded, try again in \($0 % 7) s" }, bytesMax: 2_500),
        ]
    }()
}

@Test(arguments: TextColumn.all, [IntegerBlock.Effort.fast, .small]) func stringsComeBackAsTheyWere(_ column: TextColumn, effort: IntegerBlock.Effort) throws {
    // Between other rows, so that a range's edges show.
    let table = StringTable(["before"] + column.strings + ["after"])
    var bytes: [UInt8] = []
    TextBlock.encode(table, rows: 1..<(column.strings.count + 1), effort: effort, into: &bytes)
    let decoded = try bytes.withUnsafeBytes { try TextBlock.decode($0, count: column.strings.count) }
    #expect(decoded.strings == column.strings)
    if effort == .small, let bytesMax = column.bytesMax { #expect(bytes.count <= bytesMax) }
}

@Test func shortenedStringsAreRefused() {
    for column in TextColumn.all where column.strings.count > 1 {
        var bytes: [UInt8] = []
        let table = StringTable(Array(column.strings.prefix(40)))
        TextBlock.encode(table, rows: 0..<table.count, effort: .small, into: &bytes)
        for count in 0..<bytes.count {
            #expect(throws: ByteReadingError.self) { try bytes[..<count].withUnsafeBytes { try TextBlock.decode($0, count: table.count) } }
        }
    }
}

@Test func damagedStringsNeverCrash() {
    var random = SeededGenerator(seed: 12)
    for column in TextColumn.all {
        var bytes: [UInt8] = []
        let table = StringTable(Array(column.strings.prefix(200)))
        TextBlock.encode(table, rows: 0..<table.count, effort: .small, into: &bytes)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[Int.random(in: 0..<min(bytes.count, 80), using: &random)] = UInt8.random(in: 0...255, using: &random)
            damaged.withUnsafeBytes { bytes in _ = try? TextBlock.decode(bytes, count: table.count, bytesMax: 1 << 20) }
        }
    }
}
