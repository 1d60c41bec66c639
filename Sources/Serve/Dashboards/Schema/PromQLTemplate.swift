/// PromQL of a panel, with variables: `$name` or `${name}`.
package struct PromQLTemplate: Sendable, Equatable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// Variables that every page has: the step of a series, what a rate looks back over, and the page's range.
    package static let builtins = ["__interval", "__rate_interval", "__range"]

    /// The text with each variable that `value` knows replaced; the others stay as they are.
    ///
    /// - Parameter value: of a variable, by its name without `$`.
    package func replacing(_ value: (String) -> String?) -> String {
        var output = ""
        walk { output += $0 } variable: { name, written in output += value(name) ?? String(written) }
        return output
    }

    /// The names of the variables in it, in order, repeated ones too.
    package var variables: [String] {
        var names: [String] = []
        walk { _ in } variable: { name, _ in names.append(name) }
        return names
    }

    /// The first variable that neither every page has nor is one of `names`.
    func unknownVariable(among names: [String]) -> String? { variables.first { !Self.builtins.contains($0) && !names.contains($0) } }

    /// The text with a value in each variable's place, to see whether it is PromQL.
    var sample: String { replacing { Self.builtins.contains($0) ? "5m" : "x" } }

    /// Goes over the text: pieces between variables, and variables with how they are written.
    private func walk(_ piece: (Substring) -> Void, variable: (_ name: String, _ written: Substring) -> Void) {
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            piece(rest[..<dollar])
            let after = rest[rest.index(after: dollar)...]
            let isBraced = after.first == "{"
            let name = (isBraced ? after.dropFirst() : after).prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let end = isBraced && name.endIndex < rest.endIndex && rest[name.endIndex] == "}" ? rest.index(after: name.endIndex) : name.endIndex
            if TextRules.isName(String(name)), !isBraced || end > name.endIndex {
                variable(String(name), rest[dollar..<end])
                rest = rest[end...]
            } else {
                // The end of a regular expression, or a group of one.
                piece("$")
                rest = after
            }
        }
        piece(rest)
    }
}
