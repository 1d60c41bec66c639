package import GatewayModel

/// A template in the language of Go's `text/template`, read and ready to be carried out.
///
/// Keys that a map does not have read as the zero value (`missingkey=zero`), as Prometheus and Alertmanager have it.
/// Limits are in ``TemplateLimits``. Source: https://pkg.go.dev/text/template.
package struct TextTemplate: Sendable {
    /// As errors name it.
    package let name: String
    let definitions: [String: TemplateTree]
    let functions: TemplateFunctions

    /// Reads a template that stands alone.
    ///
    /// - Parameters:
    ///   - name: for error messages, which begin with `template: NAME:LINE:`.
    ///   - functions: those that it may call.
    /// - Throws: what is wrong with it and on which line, in Go's words.
    package static func parse(name: String, text: String, functions: TemplateFunctions) throws(TemplateSyntaxError) -> TextTemplate {
        try TemplateSet(functions: functions).template(name: name, text: text)
    }

    /// Carries it out.
    ///
    /// - Parameter data: what the dot is at first.
    /// - Throws: what went wrong and where, in Go's words; what was written until then is lost.
    package func render(_ data: TemplateValue, in context: TemplateContext) throws(TemplateFailure) -> String {
        try TemplateRenderer.render(name, of: definitions, functions, data, context, escapesHTML: false)
    }

    /// Carries it out for an HTML document: what values hold is escaped for text and quoted attributes, but for what `safeHtml` has marked.
    ///
    /// Go's `html/template` looks at the document around each value and also escapes for scripts, styles and unquoted attributes. This does not:
    /// templates of mail need none of them, and values have no place there.
    package func renderHTML(_ data: TemplateValue, in context: TemplateContext) throws(TemplateFailure) -> String {
        try TemplateRenderer.render(name, of: definitions, functions, data, context, escapesHTML: true)
    }
}

/// Templates that call each other, out of several files.
package struct TemplateSet: Sendable {
    private let functions: TemplateFunctions
    private var definitions: [String: TemplateTree] = [:]

    package init(functions: TemplateFunctions) { self.functions = functions }

    /// Adds what a file defines; a template of the same name is replaced, unless the new one is empty.
    ///
    /// - Parameter name: the file's name without its folders, which is the name of what stands outside of definitions.
    package mutating func add(name: String, text: String) throws(TemplateSyntaxError) {
        for tree in try TemplateParser.parse(name: name, text: text, functions: functions).values { add(tree) }
    }

    private mutating func add(_ tree: TemplateTree) {
        if tree.isEmpty, definitions[tree.name] != nil { return }
        definitions[tree.name] = tree
    }

    /// A text that may call what the files define.
    package func template(name: String, text: String) throws(TemplateSyntaxError) -> TextTemplate {
        var set = self
        try set.add(name: name, text: text)
        return TextTemplate(name: name, definitions: set.definitions, functions: functions)
    }

    /// Names of all templates, ascending.
    package var names: [String] { definitions.keys.sorted() }
}
