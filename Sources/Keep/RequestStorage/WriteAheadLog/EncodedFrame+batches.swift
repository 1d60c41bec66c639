internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// What the store's batches become in the write-ahead log.
extension EncodedFrame {
    /// Rows of a frame at most: one block, so that every column of it is one run.
    static let frameRowsMax = RecordSegmentLayout.blockRows
    /// Bytes of rows in a frame at most, as they lie in memory; larger batches are cut, so that lengths fit 32 bits with room to spare.
    static let frameMemoryBytesMax = 64 << 20

    /// The frames of a batch, which is not empty.
    static func frames(of batch: RecordBatch) -> [EncodedFrame] {
        let pieces = pieces(of: batch)
        return pieces.enumerated().map { index, piece in
            let payload = FramePayload.encode(piece)
            return EncodedFrame(rows: piece.count, payload: payload, isContinued: index < pieces.count - 1)
        }
    }

    /// The frames that hide records, before the frames of the batch that does it (if it has rows).
    static func frames(hiding sequences: [Int64], isContinued: Bool) -> [EncodedFrame] {
        let sorted = sequences.sorted()
        return stride(from: 0, to: sorted.count, by: frameRowsMax).map { start in
            let end = min(sorted.count, start + frameRowsMax)
            var payload: [UInt8] = []
            IntegerBlock.encode(Array(sorted[start..<end]), effort: .fast, into: &payload)
            return EncodedFrame(
                kind: .hidden, rows: end - start, payload: payload, isContinued: isContinued || end < sorted.count)
        }
    }

    private static func pieces(of batch: RecordBatch) -> [RecordBatch] {
        let isSmall = batch.count <= frameRowsMax && (batch.count == 1 || batch.memoryBytes <= frameMemoryBytesMax)
        if isSmall { return [batch] }
        let half = batch.count / 2
        return pieces(of: batch.gathering(Array(0..<half))) + pieces(of: batch.gathering(Array(half..<batch.count)))
    }
}
