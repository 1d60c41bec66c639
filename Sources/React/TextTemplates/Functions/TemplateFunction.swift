package import GatewayModel

/// A function that templates may call by its name.
struct TemplateFunction: Sendable {
    typealias Body = @Sendable ([TemplateValue], TemplateContext) throws(TemplateFailure) -> TemplateValue

    /// What each argument must be.
    let parameters: [TemplateType]
    /// What any number of further arguments must be; nil when there may be none.
    let others: TemplateType?
    let body: Body

    init(_ parameters: [TemplateType], others: TemplateType? = nil, _ body: @escaping Body) {
        self.parameters = parameters
        self.others = others
        self.body = body
    }
}

/// The functions that templates may call: Go's own, and those of the program that the templates were written for.
package struct TemplateFunctions: Sendable {
    private var functions: [String: TemplateFunction]

    init(_ functions: [String: TemplateFunction]) { self.functions = functions }

    /// Go's own.
    package static let builtIn = TemplateFunctions(builtInTexts.merging(comparisons) { first, _ in first })

    subscript(name: String) -> TemplateFunction? { functions[name] }

    /// Names, ascending.
    package var names: [String] { functions.keys.sorted() }

    func adding(_ more: [String: TemplateFunction]) -> TemplateFunctions { TemplateFunctions(functions.merging(more) { _, last in last }) }
}

/// What functions know of the world when a template is carried out.
package struct TemplateContext: Sendable {
    package typealias Query = @Sendable (String) throws(TemplateFailure) -> [TemplateSample]

    /// The time for which the template is carried out.
    package var now: Timestamp
    /// Where people reach this server: `https://gatewatch.example/path`.
    package var externalURL: String
    /// Answers `query`; nil where there is nothing to ask.
    package var query: Query?

    package init(now: Timestamp, externalURL: String = "", query: Query? = nil) {
        self.now = now
        self.externalURL = externalURL
        self.query = query
    }
}

/// What an argument may be.
enum TemplateType: Sendable {
    case any, string, integer, texts, list, time, sample, samples

    var name: String {
        switch self {
        case .any: "interface {}"
        case .string: "string"
        case .integer: "int"
        case .texts: "[]string"
        case .list: "[]interface {}"
        case .time: "time.Time"
        case .sample: "*template.sample"
        case .samples: "template.queryResult"
        }
    }

    func takes(_ value: TemplateValue) -> Bool {
        switch (self, value) {
        case (.any, _), (.string, .string), (.integer, .int), (.list, .list), (.time, .time): true
        case (.texts, .list(let elements)): elements.allSatisfy { if case .string = $0 { true } else { false } }
        case (.sample, .object(let object)): object is TemplateSample
        case (.samples, .list(let elements)): elements.allSatisfy { if case .object(let object) = $0 { object is TemplateSample } else { false } }
        default: false
        }
    }
}

/// A sample that a query gave.
package struct TemplateSample: TemplateObject {
    package let labels: SeriesLabels
    package let value: Double

    package init(labels: SeriesLabels, value: Double) {
        self.labels = labels
        self.value = value
    }

    package func member(_ name: String, _ arguments: [TemplateValue]) -> TemplateValue? {
        arguments.isEmpty ? fields.first { $0.name == name }?.value : nil
    }

    package var fields: [(name: String, value: TemplateValue)] { [("Labels", .labels(labels)), ("Value", .float(value))] }
    package var typeName: String { "*template.sample" }
}
