package import GatewayModel

/// Reads PromQL as Prometheus 3 does, with every experimental part of the language.
///
/// A query is read from left to right by one function for each construct, binary operators by their precedence. Prometheus's parser is made by
/// a generator (`promql/parser/generated_parser.y`) that goes on after an error; this one says the same about the first error and, where a construct
/// has words of its own for what it lacks, about those after it. The types are checked when the text is without errors.
package struct PromQLParser {
    /// A query of more bytes is refused unread. Queries of people have hundreds of bytes, of dashboards with long lists of values some thousands.
    package static let queryBytesMax = 1 << 20
    /// Levels of an expression's tree. Every walk over the tree recurses, so that this bounds the stack; long chains of `or` make deep trees too.
    package static let treeLevelsMax = 512

    var lexer: PromQLLexer
    /// The token at hand, when it has been read already. It is read late, so that errors come in Prometheus's order.
    private var lookahead: Token?
    /// Where the last token that was taken ends.
    private(set) var end = 0
    private(set) var errors: [PromQLSyntaxError] = []
    private var levelsOpen = 0
    /// Ends of range selectors over what is not a selector, which is said once more by each modifier.
    var misplacedRangeEnds: Set<Int> = []

    private init(_ text: String) { lexer = PromQLLexer(Array(text.utf8)) }

    // MARK: Whole texts

    /// Reads and checks a query.
    ///
    /// - Throws: the first error.
    package static func parse(_ text: String) throws(PromQLSyntaxError) -> Expression {
        switch examine(text) {
        case .success(let expression): return expression
        case .failure(let errors): throw errors.first
        }
    }

    /// All that is wrong with a query, in the order in which Prometheus finds it; empty when it is correct.
    package static func errors(in text: String) -> [PromQLSyntaxError] {
        switch examine(text) {
        case .success: []
        case .failure(let errors): [errors.first] + errors.others
        }
    }

    /// Reads a selector alone, as `match[]` has it: `up{job="api"}`. That it may match every series is not checked.
    package static func selector(_ text: String) throws(PromQLSyntaxError) -> [SeriesMatcher] {
        if let error = refusal(of: text) { throw error }
        var parser = PromQLParser(text)
        var matchers: [SeriesMatcher] = []
        parser.run { parser throws(Stop) in
            guard parser.kind.mayNameMetric || parser.kind == .leftBrace else { throw .unexpected }
            let selector = try parser.parseSelector(name: parser.kind == .leftBrace ? nil : parser.take())
            if parser.kind != .end { throw .unexpected }
            if case .vectorSelector(let vector) = selector { matchers = vector.matchers }
        }
        if let error = parser.errors.first { throw error }
        return matchers
    }

    private struct Failure: Error {
        let first: PromQLSyntaxError
        let others: [PromQLSyntaxError]
    }

    private static func examine(_ text: String) -> Result<Expression, Failure> {
        if let error = refusal(of: text) { return .failure(Failure(first: error, others: [])) }
        var parser = PromQLParser(text)
        var expression: Expression?
        parser.run { parser throws(Stop) in
            if parser.kind == .end { return parser.report("no expression found in input", at: SourceRange(0, 0)) }
            let parsed = try parser.parseExpression()
            if parser.kind != .end { throw .unexpected }
            expression = parsed.expression
        }
        if parser.errors.isEmpty, var checked = expression {
            parser.check(&checked)
            if parser.errors.isEmpty { return .success(checked) }
        }
        guard let first = parser.errors.first else {
            return .failure(Failure(first: PromQLSyntaxError(message: "no expression found in input", range: SourceRange(0, 0), line: 1, column: 1), others: []))
        }
        return .failure(Failure(first: first, others: Array(parser.errors.dropFirst())))
    }

    private static func refusal(of text: String) -> PromQLSyntaxError? {
        guard text.utf8.count > queryBytesMax else { return nil }
        let message = "query of \(text.utf8.count) bytes is longer than \(queryBytesMax) bytes"
        return PromQLSyntaxError(message: message, range: SourceRange(0, text.utf8.count), line: 1, column: 1)
    }

    /// Runs a start rule and says what stopped it when no construct within has said it.
    private mutating func run(_ body: (inout PromQLParser) throws(Stop) -> Void) {
        do { try body(&self) } catch {
            if case .unexpected = error { reportUnexpected() }
        }
    }

    // MARK: Tokens

    /// The kind of the token at hand.
    var kind: TokenKind { mutating get { token.kind } }

    var token: Token {
        mutating get {
            if let lookahead { return lookahead }
            let token = lexer.next()
            if token.kind == .error { report(lexer.message, at: token.range) }
            lookahead = token
            return token
        }
    }

    /// Takes the token at hand.
    @discardableResult
    mutating func take() -> Token {
        let token = token
        if token.kind != .end, token.kind != .error { lookahead = nil }
        end = token.range.end
        return token
    }

    /// Takes the token at hand when it is of the kind.
    mutating func take(_ kind: TokenKind) -> Token? { self.kind == kind ? take() : nil }

    mutating func expect(_ kind: TokenKind) throws(Stop) -> Token {
        guard let token = take(kind) else { throw .unexpected }
        return token
    }

    func text(_ token: Token) -> String { lexer.text(token.range) }

    // MARK: Errors

    /// Why reading cannot go on.
    enum Stop: Error {
        /// The token at hand does not belong there; the innermost construct that has words for it says so.
        case unexpected
        /// It has been said.
        case reported
    }

    mutating func report(_ message: String, at range: SourceRange) {
        let (line, column) = lexer.place(of: range.start)
        errors.append(PromQLSyntaxError(message: message, range: range, line: line, column: column))
    }

    /// Says that the token at hand does not belong there. An error of the lexer has been said already.
    mutating func reportUnexpected(in context: String? = nil, expected: String? = nil) {
        let token = token
        if token.kind == .error { return }
        var message = "unexpected " + token.kind.description(text(token))
        if let context { message += " in " + context }
        if let expected { message += ", expected " + expected }
        report(message, at: token.range)
    }

    /// Runs a part of a construct that has words of its own for what it lacks.
    mutating func explaining<Value>(
        _ context: String, expected: String?, _ body: (inout PromQLParser) throws(Stop) -> Value
    ) throws(Stop) -> Value {
        do { return try body(&self) } catch {
            if case .unexpected = error { reportUnexpected(in: context, expected: expected) }
            throw .reported
        }
    }

    // MARK: Limits

    /// Runs what may nest. The number of levels that are open bounds the recursion of the parser itself.
    mutating func nested<Value>(_ body: (inout PromQLParser) throws(Stop) -> Value) throws(Stop) -> Value {
        levelsOpen += 1
        defer { levelsOpen -= 1 }
        try checkLevels(levelsOpen)
        return try body(&self)
    }

    mutating func checkLevels(_ levels: Int) throws(Stop) {
        guard levels > Self.treeLevelsMax else { return }
        report("expression is nested deeper than \(Self.treeLevelsMax) levels", at: token.range)
        throw .reported
    }
}
