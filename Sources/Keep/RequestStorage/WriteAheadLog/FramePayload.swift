internal import ByteCoding
internal import GatewayModel

/// The content of a batch's frame: its columns, in the encodings of the parts. Drawn in `docs/formats/write-ahead-log.md`.
///
///     u16 columns, then for each: u8 field | u8 kind | u32 length | content
///     integer     an IntegerBlock
///     dictionary  u32 values | u32 n | n bytes: a TextBlock of the values | an IntegerBlock of the codes
///     text        a TextBlock
enum FramePayload {
    /// The columns of a batch, without `sequence`, which the frame's header implies.
    static func encode(_ batch: RecordBatch) -> [UInt8] {
        let fields = batch.fields.filter { $0 != .sequence }
        var writer = ByteWriter(reserving: batch.memoryBytes / 2)
        writer.write(UInt16(fields.count))
        for field in fields {
            guard let column = batch[field] else { continue }
            writer.write(field.rawValue)
            writer.write(field.kind.rawValue)
            let lengthAt = writer.count
            writer.write(UInt32(0))
            encode(column, into: &writer)
            writer.overwrite(UInt32(writer.count - lengthAt - 4), at: lengthAt)
        }
        return writer.bytes
    }

    private static func encode(_ column: RecordColumn, into writer: inout ByteWriter) {
        switch column {
        case .integers(let values):
            writer.appendDirectly { IntegerBlock.encode(values, effort: .fast, into: &$0) }
        case .texts(let values):
            writer.appendDirectly { TextBlock.encode(values, rows: 0..<values.count, effort: .fast, into: &$0) }
        case .codes(let codes, let values):
            writer.write(UInt32(values.count))
            let lengthAt = writer.count
            writer.write(UInt32(0))
            writer.appendDirectly { TextBlock.encode(values, rows: 0..<values.count, effort: .fast, into: &$0) }
            writer.overwrite(UInt32(writer.count - lengthAt - 4), at: lengthAt)
            writer.appendDirectly { IntegerBlock.encode(codes.map { Int64($0) }, effort: .fast, into: &$0) }
        }
    }

    /// The batch of a payload of `rows` rows. Columns of fields that this version does not know are passed over.
    ///
    /// - Throws: where the payload is not what ``encode(_:)`` writes.
    static func decode(_ payload: UnsafeRawBufferPointer, rows: Int) throws(ByteReadingError) -> RecordBatch {
        var reader = unsafe ByteReader(payload)
        var batch = RecordBatch(count: rows)
        let columns = try reader.read(UInt16.self, "the number of columns")
        for _ in 0..<columns {
            let field = RequestField(rawValue: try reader.read(UInt8.self, "a field"))
            let kind = try reader.read(UInt8.self, "a kind")
            let content = unsafe try reader.readBytes(Int(try reader.read(UInt32.self, "a length")), "a column")
            guard let field else { continue }
            guard kind == field.kind.rawValue else { throw ByteReadingError(offset: reader.offset, expected: "the kind of \(field.name)") }
            batch[field] = unsafe try decodeColumn(content, kind: field.kind, rows: rows)
        }
        return batch
    }

    private static func decodeColumn(_ content: UnsafeRawBufferPointer, kind: FieldKind, rows: Int) throws(ByteReadingError) -> RecordColumn {
        switch kind {
        case .integer:
            var values: [Int64] = []
            unsafe try IntegerBlock.decode(content, count: rows, into: &values)
            return .integers(values)
        case .text:
            return unsafe .texts(try TextBlock.decode(content, count: rows))
        case .dictionary:
            var reader = unsafe ByteReader(content)
            let count = Int(try reader.read(UInt32.self))
            // Every value takes space, so that a damaged number cannot ask for more memory than the payload's size allows.
            guard count <= content.count * 8 else { throw ByteReadingError(offset: 0, expected: "fewer values") }
            let values = unsafe try TextBlock.decode(try reader.readBytes(Int(try reader.read(UInt32.self)), "the values"), count: count)
            var codes: [UInt32] = []
            unsafe try IntegerBlock.decode(try reader.readBytes(reader.remaining), count: rows, into: &codes)
            guard codes.allSatisfy({ $0 <= count }) else { throw ByteReadingError(offset: 0, expected: "codes of values") }
            return .codes(codes, values: values)
        }
    }
}
