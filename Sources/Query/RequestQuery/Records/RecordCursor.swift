internal import ByteCoding
internal import GatewayModel

/// Where a page of records ended: the sort value and sequence number of its last record, and what it was a page of.
///
/// The text is opaque to clients: hexadecimal of a version byte, a 32-bit fingerprint of filter and sort, the sequence number, the value's kind and the value.
package struct RecordCursor: Sendable, Equatable {
    /// A sort field's value.
    package enum Value: Sendable, Equatable {
        /// Behind all present values, whatever the direction.
        case absent
        case integer(Int64)
        case text(String)
    }

    let fingerprint: UInt32
    let value: Value
    let sequence: Int64

    private static let version: UInt8 = 1
    /// Longer texts are not cursors: values have at most 1,024 bytes.
    private static let textLengthMax = 4_096

    init(_ value: Value, sequence: Int64, fingerprint: UInt32) {
        self.value = value
        self.sequence = sequence
        self.fingerprint = fingerprint
    }

    /// - Throws: `invalid_request` when `text` is not a cursor.
    package init(_ text: String) throws(QueryError) {
        guard text.utf8.count <= Self.textLengthMax, let bytes = Self.bytes(hex: text), let cursor = Self.read(bytes) else {
            throw QueryError(.invalidRequest, "this is not a cursor", field: "cursor", hint: "pass next_cursor of the page before, unchanged")
        }
        self = cursor
    }

    package var text: String {
        var writer = ByteWriter()
        writer.write(Self.version)
        writer.write(fingerprint)
        writer.write(sequence)
        switch value {
        case .absent: writer.write(UInt8(0))
        case .integer(let integer):
            writer.write(UInt8(1))
            writer.write(integer)
        case .text(let text):
            writer.write(UInt8(2))
            writer.write(lengthPrefixed: text)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: writer.bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// What a cursor belongs to: pages of another filter or order must not be mixed up.
    static func fingerprint(_ filter: QueryFilter, _ sort: RecordSort) -> UInt32 {
        Checksum.crc32(Array("\(filter.text)\u{0}\(sort.text)".utf8))
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        let digits = text.utf8.map { JSONText.hexDigit($0) }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func read(_ bytes: [UInt8]) -> RecordCursor? {
        unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            do throws(ByteReadingError) {
                guard try reader.read(UInt8.self) == version else { return nil }
                let fingerprint = try reader.read(UInt32.self)
                let sequence = try reader.read(Int64.self)
                let value: Value
                switch try reader.read(UInt8.self) {
                case 0: value = .absent
                case 1: value = .integer(try reader.read(Int64.self))
                case 2: value = .text(try reader.readLengthPrefixedString())
                default: return nil
                }
                return reader.remaining == 0 ? RecordCursor(value, sequence: sequence, fingerprint: fingerprint) : nil
            } catch {
                return nil
            }
        }
    }
}
