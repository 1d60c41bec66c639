package import GatewayModel

/// A value that templates see, as Go's `text/template` would.
package indirect enum TemplateValue: Sendable {
    /// Go's `nil`, and what a ``dictionary(_:)`` does not have.
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([TemplateValue])
    /// Go's `map[string]string`: labels. Ranged over in ascending order of the keys; a key that is not there reads as the empty text.
    case map([String: TemplateValue])
    /// Go's `map[string]any`: what `dict` and `args` make. A key that is not there reads as ``none``.
    case dictionary([String: TemplateValue])
    case time(TemplateTime)
    /// Nanoseconds.
    case duration(Int64)
    /// Text that is HTML already: HTML templates do not escape it.
    case html(String)
    /// A link that is known to be harmless: HTML templates escape its characters only.
    case url(String)
    /// A struct, or anything else with methods: fields by name, and methods, which may take arguments. `{{ .Alerts.Firing }}`,
    /// `{{ .Labels.SortedPairs.Values }}`.
    case object(any TemplateObject)
}

/// What stands behind a dot: fields and methods, looked up by name.
package protocol TemplateObject: Sendable {
    /// A field's value, or a method's result; nil when there is nothing of that name that takes so many arguments (fields take none), which is an
    /// error where it is asked for.
    func member(_ name: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue?
    /// What `{{ . }}` prints, where it has a `String` method; nil for what is printed by its fields or contents.
    var printed: String? { get }
    /// What Go would call its type, for error messages: `template.KV`.
    var typeName: String { get }
    /// The list or map that it is beside its methods, which `range`, `len` and `index` see; nil for a struct.
    var contents: TemplateValue? { get }
    /// A struct's fields in their order, by the names that they have in JSON.
    var fields: [(name: String, value: TemplateValue)] { get }
}

extension TemplateObject {
    package var typeName: String { "struct" }
    package var printed: String? { nil }
    package var contents: TemplateValue? { nil }
    package var fields: [(name: String, value: TemplateValue)] { [] }
}

/// Why a template could not be carried out, in a sentence.
package struct TemplateFailure: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

extension TemplateValue {
    /// Labels or annotations as a map.
    package static func labels(_ labels: SeriesLabels) -> TemplateValue {
        .map(Dictionary(uniqueKeysWithValues: labels.labels.map { ($0.name, .string($0.value)) }))
    }

    /// What Go calls its type.
    var typeName: String {
        switch self {
        case .none: "<nil>"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .list(let elements): "[]" + (Self.commonTypeName(elements) ?? "interface {}")
        case .map: "map[string]string"
        case .dictionary: "map[string]interface {}"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .html: "template.HTML"
        case .url: "template.URL"
        case .object(let object): object.typeName
        }
    }

    /// The type of texts and structs when all elements are of it, as lists have that methods and `stringSlice` give.
    private static func commonTypeName(_ elements: [TemplateValue]) -> String? {
        let names = Set(elements.map { value -> String? in
            switch value {
            case .string: "string"
            case .object(let object): object.typeName
            default: nil
            }
        })
        return names.count == 1 ? names.first.flatMap(\.self) : nil
    }

    /// Whether `if` takes it for true: not zero, not empty, not nil. Structs always are.
    var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let text), .html(let text), .url(let text): !text.isEmpty
        case .list(let elements): !elements.isEmpty
        case .map(let entries), .dictionary(let entries): !entries.isEmpty
        case .time: true
        case .duration(let nanoseconds): nanoseconds != 0
        case .object(let object): object.contents?.isTrue ?? true
        }
    }

    /// The list or map that it holds, out of an object too.
    var contents: TemplateValue {
        if case .object(let object) = self, let contents = object.contents { contents } else { self }
    }

    /// Bytes of its text; 0 for what is no text.
    var textBytes: Int {
        switch self {
        case .string(let text), .html(let text), .url(let text): text.utf8.count
        default: 0
        }
    }

    /// Whether others are in it.
    var holdsOthers: Bool {
        switch self {
        case .list, .map, .dictionary, .object: true
        default: false
        }
    }
}
