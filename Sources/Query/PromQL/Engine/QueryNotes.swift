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

    /// In the order in which they first arose.
    package private(set) var notes: [Note] = []
    /// Where the notes of each message stand.
    private var known: [String: Int] = [:]

    package init() {}

    /// Adds a note. Of those with the same words only one is kept, with the last place.
    package mutating func add(_ severity: Severity, _ message: String, at place: SourceRange?) {
        add(Note(severity: severity, message: message, place: place))
    }

    package mutating func join(_ others: QueryNotes) {
        for note in others.notes { add(note) }
    }

    private mutating func add(_ note: Note) {
        if let index = known[note.message], notes[index].severity == note.severity {
            notes[index] = note
        } else {
            known[note.message] = notes.count
            notes.append(note)
        }
    }
}
