/// What a value of a dashboard's file may be: the one table from which the reader, the writer and the JSON Schema work.
indirect enum ValueShape: Sendable {
    case text(TextRule)
    /// One of some words.
    case choice([String])
    case number(ClosedRange<Double>?)
    case count(ClosedRange<Int>)
    case flag
    case list(ValueShape, max: Int)
    /// Any names with a value each.
    case map(ValueShape, max: Int)
    case object(ObjectOutline)

    /// What a text must look like.
    enum TextRule: String, Sendable, CaseIterable {
        case any
        /// A dashboard's, section's or panel's name in addresses.
        case identifier
        /// A variable's name.
        case name
        /// Ends in a question mark.
        case question
        /// A duration such as `30s`.
        case duration
        /// A time such as `now-1h`.
        case time
        /// A filter of requests.
        case filter
        /// A field of requests.
        case field
        /// A field of requests, with `-` in front for descending.
        case sort
        /// A measure of requests, as `p95(duration)`.
        case measure
        /// PromQL.
        case promql
        /// A number, or PromQL.
        case limit
    }

    /// Characters of a text at most; Markdown is the longest that somebody writes.
    static let textCharactersMax = 20_000
    /// Elements of a list at most, where nothing smaller is said.
    static let elementsMax = 200
}

/// The keys of an object of the file.
struct ObjectOutline: Sendable {
    /// What it is called in sentences, as `a panel`.
    let name: String
    let keys: [KeyOutline]
}

/// A key of an object of the file.
struct KeyOutline: Sendable {
    let name: String
    let shape: ValueShape
    let isRequired: Bool
    /// What it means, in a sentence.
    let meaning: String
}
