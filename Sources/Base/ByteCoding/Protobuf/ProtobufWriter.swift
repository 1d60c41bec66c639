/// Writes protobuf messages field by field. Values of 0 and empty texts are written as told; whoever follows proto3 leaves them out.
package struct ProtobufWriter: Sendable {
    private var writer = ByteWriter()

    package init() {}

    package var bytes: [UInt8] { writer.bytes }

    package mutating func varint(_ field: Int, _ value: UInt64) {
        key(field, .varint)
        writer.write(varint: value)
    }

    package mutating func int64(_ field: Int, _ value: Int64) { varint(field, UInt64(bitPattern: value)) }

    /// A `sint32` or `sint64`.
    package mutating func zigZag(_ field: Int, _ value: Int64) { varint(field, UInt64(bitPattern: value << 1 ^ value >> 63)) }

    package mutating func fixed64(_ field: Int, _ value: UInt64) {
        key(field, .fixed64)
        writer.write(value)
    }

    package mutating func double(_ field: Int, _ value: Double) { fixed64(field, value.bitPattern) }

    package mutating func bytes(_ field: Int, _ value: [UInt8]) {
        key(field, .bytes)
        writer.write(varint: UInt64(value.count))
        writer.write(value)
    }

    package mutating func string(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

    /// An inner message.
    package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        bytes(field, inner.bytes)
    }

    private mutating func key(_ field: Int, _ wireType: ProtobufKey.WireType) {
        writer.write(varint: UInt64(field) << 3 | UInt64(wireType.rawValue))
    }
}
