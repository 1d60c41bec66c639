internal import GatewayModel

/// What a word or sign of a query is.
enum TokenKind: Equatable {
    case end
    /// What cannot be a word or sign; the lexer keeps the message.
    case error
    case identifier
    /// An identifier with a colon: a recording rule's name.
    case metricIdentifier
    case number, duration, string
    case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
    case comma, colon, assign
    case matchesPattern, matchesNotPattern
    case at
    /// `!=` also compares labels.
    case binary(BinaryOperator)
    case aggregator(AggregationOperator)
    case bool, by, groupLeft, groupRight, ignoring, offset, on, without, smoothed, anchored, fill, fillLeft, fillRight
    case start, stop, step, range, maximumOf, minimumOf

    /// The kind of a word outside of braces; nil for a name. Case does not matter.
    init?(word: String) {
        guard let kind = Self.words[word.lowercased()] else { return nil }
        self = kind
    }

    private static let words: [String: TokenKind] = {
        var words: [String: TokenKind] = [
            "and": .binary(.and), "or": .binary(.or), "unless": .binary(.unless), "atan2": .binary(.atan2),
            "offset": .offset, "smoothed": .smoothed, "anchored": .anchored, "by": .by, "without": .without, "on": .on, "ignoring": .ignoring,
            "group_left": .groupLeft, "group_right": .groupRight, "fill": .fill, "fill_left": .fillLeft, "fill_right": .fillRight, "bool": .bool,
            "start": .start, "end": .stop, "step": .step, "range": .range, "max_of": .maximumOf, "min_of": .minimumOf,
            "inf": .number, "nan": .number,
        ]
        for aggregation in AggregationOperator.allCases { words[aggregation.rawValue] = .aggregator(aggregation) }
        return words
    }()

    /// Whether the word may also be a metric's name.
    var mayNameMetric: Bool {
        switch self {
        case .identifier, .metricIdentifier, .aggregator, .by, .offset, .without, .smoothed, .anchored, .fill, .fillLeft, .fillRight,
            .start, .stop, .step, .range, .maximumOf, .minimumOf, .binary(.and), .binary(.or), .binary(.unless):
            true
        default: false
        }
    }

    /// Whether the word may be a label's name where labels are listed.
    var mayNameLabel: Bool {
        switch self {
        case .bool, .groupLeft, .groupRight, .ignoring, .on, .binary(.atan2): true
        case .without: false
        default: mayNameMetric
        }
    }

    /// Whether a call may start with the word.
    var mayNameFunction: Bool {
        switch self {
        case .identifier, .start, .stop, .step, .range, .maximumOf, .minimumOf: true
        default: false
        }
    }

    /// Whether an expression may start with it.
    var mayStartExpression: Bool {
        switch self {
        case .number, .duration, .string, .leftParenthesis, .leftBrace, .binary(.add), .binary(.subtract): true
        default: mayNameMetric
        }
    }

    /// Whether a duration may start with it.
    var mayStartDuration: Bool {
        switch self {
        case .number, .duration, .leftParenthesis, .step, .range, .maximumOf, .minimumOf, .binary(.add), .binary(.subtract): true
        default: false
        }
    }

    /// As error messages call a token of this kind with this text.
    ///
    /// Source: prometheus/prometheus `promql/parser/lex.go`, `Item.desc`.
    func description(_ text: String) -> String {
        switch self {
        case .end: "end of input"
        case .error: text
        case .identifier: "identifier \(text.goQuoted)"
        case .metricIdentifier: "metric identifier \(text.goQuoted)"
        case .number: "number \(Self.shortened(text))"
        case .duration: "duration \(Self.shortened(text))"
        case .string: "string \(Self.shortened(text))"
        case .binary, .at, .matchesPattern, .matchesNotPattern: "<op:\(text)>"
        case .aggregator: "<aggr:\(text)>"
        case .bool, .by, .groupLeft, .groupRight, .ignoring, .offset, .on, .without, .smoothed, .anchored, .fill, .fillLeft, .fillRight: "<\(text)>"
        case .leftParenthesis, .rightParenthesis, .leftBrace, .rightBrace, .leftBracket, .rightBracket, .comma, .colon, .assign,
            .start, .stop, .step, .range, .maximumOf, .minimumOf:
            Self.shortened(text)
        }
    }

    /// Quoted, and cut to ten characters.
    private static func shortened(_ text: String) -> String {
        text.utf8.count > 10 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(10))).goQuoted + "..." : text.goQuoted
    }
}

/// A word or sign of a query, and where it stands.
struct Token {
    var kind: TokenKind
    var range: SourceRange
}
