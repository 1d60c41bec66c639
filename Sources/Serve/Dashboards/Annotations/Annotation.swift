package import ByteCoding
package import GatewayModel

/// What annotations may hold.
package enum AnnotationLimits {
    /// Annotations altogether: thirty deployments a day for nine years, at some 200 bytes each in memory.
    package static let countMax = 100_000
    /// Bytes of all together, so that long texts do not fill the memory.
    package static let bytesMax = 64 << 20
    /// Characters of a title: a line of a chart's tooltip.
    package static let titleCharactersMax = 200
    /// Bytes of a text: a commit's message.
    package static let textBytesMax = 4 << 10
    package static let tagsMax = 20
    package static let tagCharactersMax = 100
    /// Annotations of one answer: more cannot be told apart on any screen.
    package static let answerMax = 1_000
}

/// What somebody noted of a time: drawn on every chart over time.
package struct Annotation: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case deployment
        case config
        case maintenance
        case note
    }

    /// Counts up from 1; its text is the id.
    package let number: Int
    package let time: Timestamp
    /// At or behind `time`; nil for an instant.
    package let timeEnd: Timestamp?
    package let kind: Kind
    package let title: String
    package let text: String
    package let tags: [String]
    /// When it was told of.
    package let created: Timestamp

    package var id: String { String(number) }

    /// - Parameter draft: in order, see ``AnnotationDraft/checked()``.
    init(number: Int, draft: AnnotationDraft, created: Timestamp) {
        self.number = number
        (time, timeEnd, kind) = (draft.time, draft.timeEnd, draft.kind)
        (title, text, tags) = (draft.title, draft.text, draft.tags)
        self.created = created
    }

    /// Whether any part of it lies in the range.
    func isIn(_ range: TimeRange) -> Bool { range.overlaps(first: time, last: timeEnd ?? time) }
}

/// An annotation that has no number yet.
package struct AnnotationDraft: Sendable, Equatable {
    package var time: Timestamp
    package var timeEnd: Timestamp?
    package var kind = Annotation.Kind.note
    package var title: String
    package var text = ""
    package var tags: [String] = []

    package init(time: Timestamp, title: String) {
        self.time = time
        self.title = title
    }

    /// The draft without white space around its title and tags and without repeated tags.
    ///
    /// - Throws: ``AnnotationError/invalid(field:reason:)`` when a part is missing, wrong or too long.
    func checked() throws(AnnotationError) -> AnnotationDraft {
        var draft = self
        draft.title = title.split(whereSeparator: \.isNewline).joined(separator: " ").trimmed
        guard !draft.title.isEmpty else { throw .invalid(field: "title", reason: "is missing") }
        guard draft.title.count <= AnnotationLimits.titleCharactersMax else {
            throw .invalid(field: "title", reason: "has more than \(AnnotationLimits.titleCharactersMax) characters")
        }
        guard text.utf8.count <= AnnotationLimits.textBytesMax else { throw .invalid(field: "text", reason: "has more than \(AnnotationLimits.textBytesMax) bytes") }
        if let timeEnd, timeEnd < time { throw .invalid(field: "time_end", reason: "lies before time") }
        if timeEnd == time { draft.timeEnd = nil }
        draft.tags = []
        for tag in tags.map(\.trimmed) where !tag.isEmpty && !draft.tags.contains(tag) {
            guard tag.count <= AnnotationLimits.tagCharactersMax else {
                throw .invalid(field: "tags", reason: "a tag has more than \(AnnotationLimits.tagCharactersMax) characters")
            }
            draft.tags.append(tag)
        }
        guard draft.tags.count <= AnnotationLimits.tagsMax else { throw .invalid(field: "tags", reason: "there are more than \(AnnotationLimits.tagsMax)") }
        return draft
    }
}

/// Why annotations were not read or changed.
package enum AnnotationError: Error, Sendable, Equatable {
    case notFound(id: String)
    /// A member of the annotation; the reason goes on from its name.
    case invalid(field: String, reason: String)
    /// There are as many as there may be.
    case full
    /// The disk refused; nothing changed.
    case notKept(StorageError)
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}

extension Annotation: KeptValue {
    package var key: String { id }

    package var weight: Int { 200 + title.utf8.count + text.utf8.count + tags.reduce(0) { $0 + $1.utf8.count + 16 } }

    package func writeMembers(to object: inout JSONWriter) {
        object.member("time", time.microseconds)
        if let timeEnd { object.member("time_end", timeEnd.microseconds) }
        object.member("kind", kind.rawValue)
        object.member("title", title)
        if !text.isEmpty { object.member("text", text) }
        if !tags.isEmpty { object.array("tags") { list in for tag in tags { list.value(tag) } } }
        object.member("created", created.microseconds)
    }

    package init?(key: String, members: JSONValue) {
        guard let number = Int(key), let time = members["time"]?.integer, let title = members["title"]?.string, let created = members["created"]?.integer else { return nil }
        var draft = AnnotationDraft(time: Timestamp(microseconds: time), title: title)
        draft.timeEnd = members["time_end"]?.integer.map { Timestamp(microseconds: $0) }
        draft.kind = members["kind"]?.string.flatMap(Kind.init(rawValue:)) ?? .note
        draft.text = members["text"]?.string ?? ""
        draft.tags = members["tags"]?.elements?.compactMap(\.string) ?? []
        self.init(number: number, draft: draft, created: Timestamp(microseconds: created))
    }
}
