internal import ByteCoding
internal import GatewayModel

/// What stands in a log file: the frames that count, in order, and what is wrong with the rest.
///
/// A frame whose checksum does not fit is passed over by its length; where a header does not fit, the next undamaged header is searched
/// byte by byte. Damage with good frames behind it is told apart from a torn tail, the unfinished end that a crash leaves.
package struct LogScan {
    package struct Frame: Equatable {
        package let header: LogFrameHeader
        package let payload: Range<Int>
    }

    package struct Damage: Equatable {
        package let offset: Int
        package let bytes: Int
        package let what: String
    }

    package private(set) var frames: [Frame] = []
    package private(set) var damage: [Damage] = []
    /// The end of the last frame that counts.
    package private(set) var end = LogFileHeader.bytes

    /// The scan of a file without frames.
    package init() {}

    /// - Parameter bytes: the file's content, its header included, cut to what counts.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var offset = LogFileHeader.bytes
        var pending: [Frame] = []
        while offset < bytes.count {
            guard let header = unsafe LogFrameHeader(bytes, at: offset) else {
                offset = unsafe passOver(bytes, from: offset, what: "a frame's header")
                continue
            }
            let payload = offset + LogFrameHeader.bytes..<offset + LogFrameHeader.bytes + Int(header.payloadBytes)
            let what = "a frame of \(header.rows) \(header.kind == .rows ? "rows" : "hidden records") from sequence \(header.firstSequence)"
            guard payload.upperBound <= bytes.count else {
                // A torn frame, or a header that was damaged so that its checksum fits: good frames may follow.
                offset = unsafe passOver(bytes, from: offset, what: what)
                continue
            }
            guard unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: bytes[payload])) == header.payloadChecksum else {
                damage.append(Damage(offset: offset, bytes: payload.upperBound - offset, what: what))
                offset = payload.upperBound
                continue
            }
            pending.append(Frame(header: header, payload: payload))
            offset = payload.upperBound
            // The frames of a batch that is not whole count only if something follows: then damage, not a crash, took the others.
            if header.isContinued { continue }
            frames += pending
            pending = []
            end = offset
        }
        damage.removeAll { $0.offset >= end }
    }

    /// Notes the damage from `start` to the next undamaged header, or the end; returns where that is.
    private mutating func passOver(_ bytes: UnsafeRawBufferPointer, from start: Int, what: String) -> Int {
        var offset = start + 1
        while offset < bytes.count, unsafe LogFrameHeader(bytes, at: offset) == nil { offset += 1 }
        offset = min(offset, bytes.count)
        damage.append(Damage(offset: start, bytes: offset - start, what: what))
        return offset
    }
}
