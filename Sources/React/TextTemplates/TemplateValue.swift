/// A value that templates see, as Go's `text/template` would.
package indirect enum TemplateValue: Sendable {
    /// Go's `nil`, and a key that a map does not have.
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([TemplateValue])
    /// Ranged over in ascending order of the keys.
    case map([String: TemplateValue])
    /// A struct: fields by name, and methods, which may take arguments. `{{ .Alerts.Firing }}`, `{{ .Labels.SortedPairs.Values }}`.
    case object(any TemplateObject)
}

/// What stands behind a dot: fields and methods, looked up by name.
package protocol TemplateObject: Sendable {
    /// A field's value, or a method's result; nil when there is nothing of that name, which is an error where it is asked for.
    func member(_ name: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue?
    /// What `{{ . }}` prints.
    var printed: String { get }
}

/// Why a template could not be carried out, in a sentence.
package struct TemplateFailure: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}
