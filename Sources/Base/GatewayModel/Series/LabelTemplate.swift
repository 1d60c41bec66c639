/// A text with references to a pattern's groups.
///
/// Source: https://pkg.go.dev/regexp#Regexp.Expand
package struct LabelTemplate: Sendable, Equatable {
    private enum Part: Equatable {
        case text(String)
        case group(String)
    }

    private let parts: [Part]

    /// A dollar sign that starts no reference stands for itself.
    package init(_ template: String) {
        var parts: [Part] = []
        var text = ""
        var rest = Substring(template)
        while let character = rest.unicodeScalars.popFirst() {
            guard character == "$" else {
                text.unicodeScalars.append(character)
                continue
            }
            if rest.unicodeScalars.first == "$" {
                rest.unicodeScalars.removeFirst()
                text.append("$")
            } else if let name = Self.takeName(&rest) {
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.group(name))
            } else {
                text.append("$")
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        self.parts = parts
    }

    /// The name behind a dollar sign, in braces or not; nil, and nothing taken, when there is none.
    private static func takeName(_ rest: inout Substring) -> String? {
        var following = rest.unicodeScalars
        let isBraced = following.first == "{"
        if isBraced { following.removeFirst() }
        let name = following.prefix { $0 == "_" || $0.properties.isAlphabetic || $0.properties.generalCategory == .decimalNumber }
        if name.isEmpty { return nil }
        following = following.dropFirst(name.count)
        if isBraced, following.popFirst() != "}" { return nil }
        rest = Substring(following)
        return String(name)
    }

    /// Whether it has no references.
    package var isConstant: Bool { parts.allSatisfy { if case .text = $0 { true } else { false } } }

    /// The text with each reference replaced, by nothing where there is no group.
    package func text(_ group: (String) -> Substring?) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let constant): text += constant
            case .group(let name): text += group(name) ?? ""
            }
        }
        return text
    }
}
