internal import GatewayModel

/// A template's text and name, for places in error messages.
struct TemplateSource: Sendable {
    /// As in `template: NAME:1:2`.
    let name: String
    let text: String

    /// Line from 1, and bytes from the line's start, as Go counts them: from 0 on the first line, and from 0 on the others.
    func place(of offset: Int) -> (line: Int, column: Int) {
        var (line, lineStart) = (1, 0)
        for (index, byte) in text.utf8.prefix(offset).enumerated() where byte == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return (line, offset - lineStart)
    }
}

/// A template that has a name: the file's own, or one of its `define`s and `block`s.
struct TemplateTree: Sendable {
    let name: String
    let source: TemplateSource
    let nodes: [TemplateNode]

    /// Whether it has nothing but space, so that it does not replace another of its name.
    var isEmpty: Bool {
        nodes.allSatisfy { node in
            if case .text(let text) = node { text.utf8.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) } } else { false }
        }
    }
}

/// A part of a template that is carried out in its turn.
indirect enum TemplateNode: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case branch(TemplateBranch)
    case template(TemplateReference)
    case breakLoop, continueLoop
}

/// `if`, `with` or `range`.
struct TemplateBranch: Sendable {
    enum Kind: String { case `if`, with, range }

    let kind: Kind
    let pipeline: TemplatePipeline
    let body: [TemplateNode]
    let otherwise: [TemplateNode]
}

/// `{{template "name" pipeline}}`, which a `block` is too.
struct TemplateReference: Sendable {
    let offset: Int
    let name: String
    let pipeline: TemplatePipeline?
}

/// Commands, each of which gets the result of the one before as its last argument, and the variables that get the result of the last.
struct TemplatePipeline: Sendable {
    let offset: Int
    var variables: [String] = []
    /// Whether the variables are there already: `=`, not `:=`.
    var isAssignment = false
    var commands: [TemplateCommand] = []

    /// Whether its result is escaped for HTML already.
    var endsWithEscaping: Bool { if case .function("html")? = commands.last?.arguments.first?.kind { true } else { false } }
}

/// A value, or a function or method and its arguments.
struct TemplateCommand: Sendable {
    var arguments: [TemplateOperand] = []
}

/// A value, or what leads to one.
struct TemplateOperand: Sendable {
    indirect enum Kind {
        case dot, none
        case bool(Bool)
        case number(TemplateNumber)
        case string(String, quoted: String)
        /// `.Labels.job`, from the dot on.
        case field([String])
        /// `$labels.job`: the variable's name with its dollar sign, and fields.
        case variable(String, [String])
        case function(String)
        /// Fields of anything else: `(index .Alerts 0).Labels`.
        case chain(TemplateOperand, [String])
        case pipeline(TemplatePipeline)
    }

    let offset: Int
    let kind: Kind
}

// MARK: As errors show them

extension TemplatePipeline: CustomStringConvertible {
    var description: String {
        let target = variables.isEmpty ? "" : variables.joined(separator: ", ") + (isAssignment ? " = " : " := ")
        return target + commands.map(\.description).joined(separator: " | ")
    }
}

extension TemplateCommand: CustomStringConvertible {
    var description: String {
        arguments.map { argument in
            if case .pipeline(let pipeline) = argument.kind { "(\(pipeline))" } else { argument.description }
        }.joined(separator: " ")
    }
}

extension TemplateOperand: CustomStringConvertible {
    var description: String {
        switch kind {
        case .dot: "."
        case .none: "nil"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        case .string(_, let quoted): quoted
        case .field(let names): names.map { "." + $0 }.joined()
        case .variable(let name, let fields): ([name] + fields).joined(separator: ".")
        case .function(let name): name
        case .chain(let operand, let fields):
            TemplateCommand(arguments: [operand]).description + fields.map { "." + $0 }.joined()
        case .pipeline(let pipeline): pipeline.description
        }
    }
}

extension TemplateReference: CustomStringConvertible {
    var description: String { "{{template \(name.goQuoted)\(pipeline.map { " \($0)" } ?? "")}}" }
}
