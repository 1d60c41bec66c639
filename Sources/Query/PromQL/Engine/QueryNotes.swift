/// Warnings and infos of a query, each once, with the place in the query that they are about.
///
/// Source: prometheus/prometheus `util/annotations/annotations.go`.
package struct QueryNotes: Sendable, Equatable {
    package enum Severity: String, Sendable {
        case warning = "PromQL warning"
        case info = "PromQL info"
    }

    package struct Note: Sendable, Hashable {
        package let severity: Severity
        package let message: String
        package let place: SourceRange?
    }

    /// In the order in which they arose.
    package private(set) var notes: [Note] = []
    private var known: Set<Note> = []

    package init() {}

    package mutating func add(_ severity: Severity, _ message: String, at place: SourceRange?) {
        let note = Note(severity: severity, message: message, place: place)
        if known.insert(note).inserted { notes.append(note) }
    }

    package mutating func join(_ others: QueryNotes) {
        for note in others.notes where known.insert(note).inserted { notes.append(note) }
    }
}
