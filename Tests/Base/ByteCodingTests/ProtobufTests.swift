import ByteCoding
import Testing

struct ProtobufTests {
    /// What a reader that knows no schema finds: field numbers with their values as text.
    private func fields(_ bytes: [UInt8]) throws -> [String] {
        try bytes.withUnsafeBytes { source in
            var reader = ProtobufReader(source)
            var found: [String] = []
            while let key = try reader.nextKey() {
                switch key.wireType {
                case .varint: found.append("\(key.field)=\(try reader.readVarint())")
                case .fixed64: found.append("\(key.field)=\(try reader.readDouble())")
                case .bytes: found.append("\(key.field)=\(try reader.readString())")
                default: try reader.skip(key.wireType)
                }
            }
            return found
        }
    }

    /// The two examples of the documentation of Protocol Buffers, "Encoding".
    @Test(arguments: [([0x08, 0x96, 0x01] as [UInt8], ["1=150"]), ([0x12, 0x07] + Array("testing".utf8), ["2=testing"])])
    func documentedExamples(_ bytes: [UInt8], _ expected: [String]) throws { #expect(try fields(bytes) == expected) }

    @Test func whatIsWrittenIsRead() throws {
        var writer = ProtobufWriter()
        writer.varint(1, .max)
        writer.double(2, -1.5)
        writer.string(3, "größe")
        writer.message(4) { $0.string(1, "x") }
        writer.varint(536_870_911, 7)
        #expect(try fields(writer.bytes) == ["1=18446744073709551615", "2=-1.5", "3=größe", "4=\n\u{1}x", "536870911=7"])
    }

    @Test(arguments: [0, 1, -1, 63, -64, Int64(Int32.max), Int64.min, Int64.max]) func signsComeBack(_ value: Int64) throws {
        var writer = ProtobufWriter()
        writer.zigZag(1, value)
        writer.int64(2, value)
        try writer.bytes.withUnsafeBytes { source in
            var reader = ProtobufReader(source)
            _ = try reader.nextKey()
            #expect(try reader.readZigZag() == value)
            _ = try reader.nextKey()
            #expect(try reader.readInt64() == value)
            #expect(try reader.nextKey() == nil)
        }
    }

    @Test(arguments: [
        ([0x80] as [UInt8], 0), ([0x08], 1), ([0x00, 0x01], 0), ([0x0a, 0x05, 0x61], 1), ([0x09, 1, 2, 3], 1), ([0x0d, 1, 2, 3], 1), ([0x0b], 1), ([0x0f], 0),
        ([0x08] + [UInt8](repeating: 0xff, count: 11), 1), ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 1), ([0x0a, 0x01, 0xff], 2),
    ])
    func brokenMessagesAreRefusedAtTheirPlace(_ bytes: [UInt8], _ offset: Int) {
        #expect { try fields(bytes) } throws: { ($0 as? ProtobufError)?.offset == offset }
    }

    @Test func offsetsOfInnerMessagesCountFromTheOutermost() throws {
        var writer = ProtobufWriter()
        writer.varint(1, 1)
        writer.bytes(2, [0x08])
        try writer.bytes.withUnsafeBytes { source in
            var reader = ProtobufReader(source)
            _ = try reader.nextKey()
            _ = try reader.readVarint()
            _ = try reader.nextKey()
            var inner = try reader.readMessage()
            _ = try inner.nextKey()
            #expect(throws: ProtobufError(offset: 5, expected: "a variable-length integer")) { try inner.readVarint() }
        }
    }
}
