internal import GatewayModel

/// Reads a template's tokens into trees: the template itself and those it defines.
///
/// Source: https://pkg.go.dev/text/template; errors are in Go's words, since rule files are checked against Prometheus's own.
struct TemplateParser {
    let source: TemplateSource
    private let tokens: [TemplateToken]
    private var next = 0
    /// The line that an error names: of the token that was looked at last.
    private var line = 1
    private let functions: TemplateFunctions
    /// Names of the variables in sight, with their dollar signs; the first is the dollar sign alone.
    private(set) var variables = ["$"]
    private var rangesOpen = 0
    private var nesting = 0
    /// Where the action began that is being read; 0 outside.
    private var actionLine = 0
    private(set) var definitions: [String: TemplateTree] = [:]

    private init(_ source: TemplateSource, _ functions: TemplateFunctions) {
        self.source = source
        self.functions = functions
        tokens = TemplateLexer.tokens(of: source.text)
    }

    /// - Returns: the template under its name, and those it defines.
    static func parse(name: String, text: String, functions: TemplateFunctions) throws(TemplateSyntaxError) -> [String: TemplateTree] {
        guard text.utf8.count <= TemplateLimits.textBytesMax else {
            throw TemplateSyntaxError(name: name, line: 1, reason: "template of \(text.utf8.count) bytes; at most \(TemplateLimits.textBytesMax) are read")
        }
        var parser = TemplateParser(TemplateSource(name: name, text: text), functions)
        try parser.parseTemplate(name)
        return parser.definitions
    }

    private mutating func parseTemplate(_ name: String) throws(TemplateSyntaxError) {
        var nodes: [TemplateNode] = []
        while peek().kind != .end {
            if peek().kind == .leftDelimiter {
                let delimiter = next
                _ = take()
                if takeNonSpace().kind == .keyword(.define) {
                    try parseDefinition()
                    continue
                }
                next = delimiter
            }
            switch try parseTextOrAction() {
            case .node(let node): nodes.append(node)
            case .end: throw error("unexpected {{end}}")
            case .else: throw error("unexpected {{else}}")
            }
        }
        try define(TemplateTree(name: name, source: source, nodes: nodes))
    }

    private mutating func define(_ tree: TemplateTree) throws(TemplateSyntaxError) {
        if let known = definitions[tree.name], !known.isEmpty {
            if !tree.isEmpty { throw error("template: multiple definition of template \(tree.name.goQuoted)") }
        } else {
            definitions[tree.name] = tree
        }
    }

    // MARK: Definitions

    private mutating func parseDefinition() throws(TemplateSyntaxError) {
        let name = try parseTemplateName("define clause")
        let token = takeNonSpace()
        if token.kind != .rightDelimiter { throw unexpected(token, "define clause") }
        try parseNamedTemplate(name, "define clause")
    }

    private mutating func parseBlock() throws(TemplateSyntaxError) -> TemplateNode {
        let offset = peekNonSpace().offset
        let name = try parseTemplateName("block clause")
        let pipeline = try parsePipeline("block clause", until: .rightDelimiter)
        try parseNamedTemplate(name, "block clause")
        return .template(TemplateReference(offset: offset, name: name, pipeline: pipeline))
    }

    /// The body, which sees no variables but its own.
    private mutating func parseNamedTemplate(_ name: String, _ context: String) throws(TemplateSyntaxError) {
        let outer = (variables, rangesOpen)
        (variables, rangesOpen) = (["$"], 0)
        let (nodes, terminator) = try parseList()
        if case .else = terminator { throw error("unexpected {{else}} in \(context)") }
        try define(TemplateTree(name: name, source: source, nodes: nodes))
        (variables, rangesOpen) = outer
    }

    private mutating func parseTemplateName(_ context: String) throws(TemplateSyntaxError) -> String {
        let token = takeNonSpace()
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
        return try unquoted(token)
    }

    func unquoted(_ token: TemplateToken) throws(TemplateSyntaxError) -> String {
        guard let text = String.goUnquoted(Array(token.text.utf8)[...]) else { throw error("invalid syntax") }
        return text
    }

    // MARK: Lists

    /// What stands in a list, or ends it.
    private enum Part {
        case node(TemplateNode)
        case end, `else`
    }

    /// Up to `end` or `else`.
    private mutating func parseList() throws(TemplateSyntaxError) -> ([TemplateNode], Part) {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > TemplateLimits.nestingMax { throw error("nested more than \(TemplateLimits.nestingMax) deep") }
        var nodes: [TemplateNode] = []
        while peekNonSpace().kind != .end {
            let part = try parseTextOrAction()
            guard case .node(let node) = part else { return (nodes, part) }
            nodes.append(node)
        }
        throw error("unexpected EOF")
    }

    private mutating func parseTextOrAction() throws(TemplateSyntaxError) -> Part {
        let token = takeNonSpace()
        switch token.kind {
        case .text: return .node(.text(token.text))
        case .leftDelimiter:
            actionLine = token.line
            defer { actionLine = 0 }
            return try parseAction()
        default: throw unexpected(token, "input")
        }
    }

    private mutating func parseAction() throws(TemplateSyntaxError) -> Part {
        guard case .keyword(let keyword) = peekNonSpace().kind else { return .node(.action(try parsePipeline("command", until: .rightDelimiter))) }
        switch keyword {
        case .block, .if, .range, .with, .template, .break, .continue, .end, .else: _ = takeNonSpace()
        case .define, .dot, .nil: return .node(.action(try parsePipeline("command", until: .rightDelimiter)))
        }
        switch keyword {
        case .block: return .node(try parseBlock())
        case .if: return .node(try parseBranch(.if))
        case .range: return .node(try parseBranch(.range))
        case .with: return .node(try parseBranch(.with))
        case .template: return .node(try parseTemplateReference())
        case .break: return .node(try parseLoopControl(.breakLoop, "{{break}}"))
        case .continue: return .node(try parseLoopControl(.continueLoop, "{{continue}}"))
        case .end: return try parseEnd()
        case .else: return try parseElse()
        case .define, .dot, .nil: return .node(.action(try parsePipeline("command", until: .rightDelimiter)))
        }
    }

    private mutating func parseEnd() throws(TemplateSyntaxError) -> Part {
        let token = takeNonSpace()
        if token.kind != .rightDelimiter { throw unexpected(token, "end") }
        return .end
    }

    /// `else`, or the first word of `else if` and `else with`, whose rest the branch reads.
    private mutating func parseElse() throws(TemplateSyntaxError) -> Part {
        let following = peekNonSpace()
        if following.kind == .keyword(.if) || following.kind == .keyword(.with) { return .else }
        let token = takeNonSpace()
        if token.kind != .rightDelimiter { throw unexpected(token, "else") }
        return .else
    }

    private mutating func parseLoopControl(_ node: TemplateNode, _ word: String) throws(TemplateSyntaxError) -> TemplateNode {
        let token = takeNonSpace()
        if token.kind != .rightDelimiter { throw unexpected(token, word) }
        if rangesOpen == 0 { throw error("\(word) outside {{range}}") }
        return node
    }

    private mutating func parseTemplateReference() throws(TemplateSyntaxError) -> TemplateNode {
        let offset = peekNonSpace().offset
        let name = try parseTemplateName("template clause")
        if peekNonSpace().kind == .rightDelimiter {
            _ = takeNonSpace()
            return .template(TemplateReference(offset: offset, name: name, pipeline: nil))
        }
        return .template(TemplateReference(offset: offset, name: name, pipeline: try parsePipeline("template clause", until: .rightDelimiter)))
    }

    // MARK: Branches

    private mutating func parseBranch(_ kind: TemplateBranch.Kind) throws(TemplateSyntaxError) -> TemplateNode {
        let inSight = variables.count
        defer { variables.removeSubrange(inSight...) }
        let pipeline = try parsePipeline(kind.rawValue, until: .rightDelimiter)
        if kind == .range { rangesOpen += 1 }
        let (body, terminator) = try parseList()
        if kind == .range { rangesOpen -= 1 }
        var otherwise: [TemplateNode] = []
        if case .else = terminator {
            if kind == .if, peek().kind == .keyword(.if) {
                otherwise = [try parseNestedBranch(.if)]
            } else if kind == .with, peek().kind == .keyword(.with) {
                otherwise = [try parseNestedBranch(.with)]
            } else {
                let (nodes, terminator) = try parseList()
                if case .else = terminator { throw error("expected end; found {{else}}") }
                otherwise = nodes
            }
        }
        return .branch(TemplateBranch(kind: kind, pipeline: pipeline, body: body, otherwise: otherwise))
    }

    /// `else if` and `else with`, which end with the branch they belong to.
    private mutating func parseNestedBranch(_ kind: TemplateBranch.Kind) throws(TemplateSyntaxError) -> TemplateNode {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > TemplateLimits.nestingMax { throw error("nested more than \(TemplateLimits.nestingMax) deep") }
        _ = take()
        return try parseBranch(kind)
    }

    // MARK: Variables and functions

    mutating func declare(_ variable: String) { variables.append(variable) }

    func isDefined(function name: String) -> Bool { functions[name] != nil }

    /// Counts what is within parentheses; call ``leave()`` behind.
    mutating func enter() throws(TemplateSyntaxError) {
        nesting += 1
        if nesting > TemplateLimits.nestingMax { throw error("nested more than \(TemplateLimits.nestingMax) deep") }
    }

    mutating func leave() { nesting -= 1 }

    // MARK: Tokens

    mutating func take() -> TemplateToken {
        let token = tokens[min(next, tokens.count - 1)]
        next = min(next + 1, tokens.count)
        line = token.line
        return token
    }

    mutating func takeNonSpace() -> TemplateToken {
        var token = take()
        while token.kind == .space { token = take() }
        return token
    }

    mutating func peek() -> TemplateToken {
        let token = tokens[min(next, tokens.count - 1)]
        line = token.line
        return token
    }

    mutating func peekNonSpace() -> TemplateToken {
        while peek().kind == .space { next += 1 }
        return peek()
    }

    /// The place in front of the next token, to which ``goBack(to:)`` leads.
    var mark: Int { next }

    mutating func goBack(to mark: Int) { next = mark }

    // MARK: Errors

    func error(_ reason: String) -> TemplateSyntaxError { TemplateSyntaxError(name: source.name, line: line, reason: reason) }

    func unexpected(_ token: TemplateToken, _ context: String) -> TemplateSyntaxError {
        guard token.kind == .error else { return error("unexpected \(token.described) in \(context)") }
        if actionLine == 0 || actionLine == token.line { return error(token.text) }
        // "unclosed action", not "unclosed action in action".
        return error("\(token.text)\(token.text.hasSuffix(" action") ? "" : " in action") started at \(source.name):\(actionLine)")
    }
}
