internal import ByteCoding

/// A frame before its number is known: made by the appending task, so that the one writer only copies.
package struct EncodedFrame: Sendable {
    package var kind = LogFrameHeader.Kind.rows
    /// Rows, numbers of hidden records, or samples.
    package let rows: Int
    package let payload: [UInt8]
    package let checksum: UInt32
    package let isContinued: Bool

    package init(kind: LogFrameHeader.Kind = .rows, rows: Int, payload: [UInt8], isContinued: Bool) {
        self.kind = kind
        self.rows = rows
        self.payload = payload
        checksum = Checksum.crc32(payload)
        self.isContinued = isContinued
    }

    package func header(firstSequence: Int64) -> LogFrameHeader {
        LogFrameHeader(
            kind, rows: UInt32(rows), payloadBytes: UInt32(payload.count), payloadChecksum: checksum, firstSequence: firstSequence, isContinued: isContinued)
    }
}
