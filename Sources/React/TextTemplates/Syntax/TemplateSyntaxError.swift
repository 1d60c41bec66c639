/// A template that cannot be read.
package struct TemplateSyntaxError: Error, Sendable, Equatable {
    /// The template's name, as it was given.
    package let name: String
    /// From 1.
    package let line: Int
    /// What is wrong: `function "x" not defined`.
    package let reason: String

    package init(name: String, line: Int, reason: String) {
        self.name = name
        self.line = line
        self.reason = reason
    }

    /// As Go has it: `template: name:line: reason`.
    package var message: String { "template: \(name):\(line): \(reason)" }
}
