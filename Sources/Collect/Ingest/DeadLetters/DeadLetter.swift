package import GatewayModel
internal import ByteCoding

/// One refused document, as a line of the dead-letter file.
package struct DeadLetter: Sendable {
    /// When it was refused.
    package let time: Timestamp
    /// The door it came in by.
    package let door: IngestDoor
    /// The Elasticsearch index it was sent to; nil at other doors.
    package let index: String?
    package let rejected: RejectedItem
    /// The redacted copy, at most ``Redactor/bytesMax`` bytes; not necessarily UTF-8.
    package let document: [UInt8]

    package init(time: Timestamp, door: IngestDoor, index: String?, rejected: RejectedItem, document: [UInt8]) {
        self.time = time
        self.door = door
        self.index = index
        self.rejected = rejected
        self.document = document
    }

    /// The letters for what was refused of a body.
    ///
    /// - Parameters:
    ///   - body: the body that the rejected items' byte ranges are of, or a part of it.
    ///   - offset: where the part begins in the whole, in bytes.
    ///   - index: the index of an item by its position; nil where there is none.
    ///   - limit: letters made at most: copying a body of nothing but garbage is not worth more. What is beyond is counted by the caller's counters.
    package static func letters(
        for rejected: [RejectedItem], of body: UnsafeRawBufferPointer, from offset: Int = 0, _ context: IngestContext, limit: Int = lettersPerBodyMax,
        index: (Int) -> String? = { _ in nil }
    ) -> [DeadLetter] {
        rejected.prefix(limit).map { item in
            let range = (max(0, item.byteRange.lowerBound - offset)..<max(0, item.byteRange.upperBound - offset)).clamped(to: 0..<body.count)
            let document = unsafe Redactor.redact(UnsafeRawBufferPointer(rebasing: body[range]))
            return DeadLetter(time: context.receivedAt, door: context.door, index: index(item.item), rejected: item, document: document)
        }
    }

    /// Letters of one body: what a person can look through to find out what is wrong with a sender.
    package static let lettersPerBodyMax = 100

    /// The JSON line, with its end.
    var line: [UInt8] {
        var writer = JSONWriter(reserving: document.count + 256)
        writer.object { writer in
            writer.member("time", time.iso8601)
            writer.member("source", "\(door.name)")
            if let index { writer.member("index", index) }
            writer.member("item", rejected.item)
            writer.member("code", rejected.code.name)
            writer.member("reason", rejected.reason)
            writer.member("line", rejected.line)
            writer.member("column", rejected.column)
            if let field = rejected.field { writer.member("field", field) }
            writer.member("document", String(decoding: document, as: UTF8.self))
        }
        return writer.bytes + [0x0a]
    }
}
