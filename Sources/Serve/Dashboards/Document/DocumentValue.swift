internal import ConfigurationText
internal import Yams

/// A value of a dashboard's file with its place: what YAML and JSON have in common, before it means anything.
struct DocumentValue: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        /// A quoted text, or one over several lines.
        case text(String)
        /// A word without quotes: a text, a number or `true` and `false`, as who reads it needs it.
        case plain(String)
        case list([DocumentValue])
        /// In the order of the file; no name stands twice.
        case object([Member])
    }

    struct Member: Sendable, Equatable {
        let name: String
        let place: DashboardFault.Place
        let value: DocumentValue
    }

    let content: Content
    let place: DashboardFault.Place

    init(_ content: Content, at place: DashboardFault.Place = .unknown) {
        self.content = content
        self.place = place
    }

    /// Values of a file at most. Anchors let a few lines of YAML stand for billions of values.
    static let valuesMax = 50_000
    /// How deep values may lie in each other; a dashboard needs 9.
    static let depthMax = 24

    // MARK: Looking inside

    subscript(name: String) -> DocumentValue? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.name == name }?.value
    }

    subscript(index: Int) -> DocumentValue? {
        guard case .list(let elements) = content, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a word, quoted or not.
    var scalar: String? {
        switch content {
        case .text(let text), .plain(let text): text
        case .list, .object: nil
        }
    }

    /// Whether it says "nothing": an empty value, `~` or `null`.
    var isNothing: Bool {
        if case .plain(let text) = content { ["", "~", "null"].contains(text) } else { false }
    }

    /// A number as it is written: whole ones without a fraction.
    static func number(_ value: Double) -> DocumentValue {
        let isWhole = value == value.rounded() && abs(value) < 1e15
        return DocumentValue(.plain(isWhole ? String(Int64(value)) : value.description))
    }

    static func text(_ text: String) -> DocumentValue { DocumentValue(.text(text)) }
    static func flag(_ flag: Bool) -> DocumentValue { DocumentValue(.plain(flag ? "true" : "false")) }
    static func list(_ elements: [DocumentValue]) -> DocumentValue { DocumentValue(.list(elements)) }

    static func object(_ members: [(String, DocumentValue)]) -> DocumentValue {
        DocumentValue(.object(members.map { Member(name: $0.0, place: .unknown, value: $0.1) }))
    }
}

extension DocumentValue {
    /// The values of a YAML or JSON text.
    ///
    /// - Throws: where it is neither, is empty, or holds more than ``valuesMax`` values or deeper ones than ``depthMax``.
    static func read(_ text: String) throws(DashboardFault) -> DocumentValue {
        let text = JSONEscapes.joined(text)
        if let place = NestingGuard.tooDeep(text) { throw DashboardFault("values lie deeper in each other than \(depthMax) times", at: place) }
        let root: Node?
        do throws(ConfigurationFault) { root = try YAMLDocument.compose(text) } catch {
            throw DashboardFault(error.message, at: DashboardFault.Place(line: error.line, column: error.column))
        }
        guard let root else { throw DashboardFault("the file is empty", hint: "a dashboard begins with id, title and question") }
        var left = valuesMax
        return try value(of: root, depth: 0, left: &left)
    }

    private static func value(of node: Node, depth: Int, left: inout Int) throws(DashboardFault) -> DocumentValue {
        let place = DashboardFault.Place(line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
        left -= 1
        guard left > 0 else { throw DashboardFault("the file has more than \(valuesMax) values", at: place) }
        guard depth < depthMax else { throw DashboardFault("values lie deeper in each other than \(depthMax) times", at: place) }
        switch node {
        case .scalar(let scalar): return DocumentValue(scalar.style == .plain || scalar.style == .any ? .plain(scalar.string) : .text(scalar.string), at: place)
        case .sequence(let sequence):
            var elements: [DocumentValue] = []
            for element in sequence { elements.append(try value(of: element, depth: depth + 1, left: &left)) }
            return DocumentValue(.list(elements), at: place)
        case .mapping(let mapping):
            var members: [Member] = []
            for (key, element) in mapping {
                let keyPlace = DashboardFault.Place(line: key.mark?.line ?? 0, column: key.mark?.column ?? 0)
                guard let name = key.string else { throw DashboardFault("a key must be text", at: keyPlace) }
                members.append(Member(name: name, place: keyPlace, value: try value(of: element, depth: depth + 1, left: &left)))
            }
            return DocumentValue(.object(members), at: place)
        case .alias: throw DashboardFault("an alias names an anchor that is not there", at: place)
        }
    }
}
