internal import GatewayModel
internal import PromQL
internal import RequestQuery

/// What texts of a dashboard must look like.
enum TextRules {
    /// Characters of a dashboard's, section's or panel's id at most.
    static let identifierCharactersMax = 60

    static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= identifierCharactersMax
            && text.utf8.allSatisfy { ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "-") }
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= identifierCharactersMax else { return false }
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        return !isDigit(first) && text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z")) }
    }

    /// The text as the model keeps it; nil where it breaks the rule.
    static func check(_ text: String, _ rule: ValueShape.TextRule, _ value: DocumentValue, _ context: inout ReadingContext) -> String? {
        if let fault = fault(text, rule, context.variables) {
            let place = fault.position.map { value.place(ofLine: $0.line, column: $0.column) } ?? value.place
            context.fault(fault.message, at: place, hint: fault.hint)
            return nil
        }
        if rule == .limit, let number = Double(text) { return DocumentValue.number(number).scalar }
        return text
    }

    private struct Fault {
        let message: String
        var hint: String?
        var position: QueryError.Position?

        init(_ message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }

        init(_ error: QueryError) {
            message = error.message
            hint = error.hint
            position = error.position
        }
    }

    private static func fault(_ text: String, _ rule: ValueShape.TextRule, _ variables: [Dashboard.Variable]) -> Fault? {
        switch rule {
        case .any: nil
        case .identifier:
            isIdentifier(text) ? nil : Fault("must be 1 to \(identifierCharactersMax) lower case letters, digits and -")
        case .name: isName(text) ? nil : Fault("must be letters, digits and _, and begin with a letter")
        case .question: text.hasSuffix("?") ? nil : Fault("must end in a question mark", hint: "say which question it answers, as Is it failing now?")
        case .duration:
            (try? DurationText.milliseconds(text)).map { $0 > 0 } ?? false ? nil : Fault("must be a duration such as 30s or 5m")
        case .time: queryFault { () throws(QueryError) in _ = try TimeExpression(text, field: "") }
        case .filter: queryFault { () throws(QueryError) in _ = try QueryFilter(text) }
        case .field: fieldFault(text)
        case .sort: fieldFault(text.hasPrefix("-") ? String(text.dropFirst()) : text)
        case .measure: queryFault { () throws(QueryError) in _ = try QueryMeasure(text, field: "") }
        case .promql: promQLFault(text, variables)
        case .limit: Double(text).map(\.isFinite) ?? false ? nil : promQLFault(text, variables)
        }
    }

    private static func queryFault(_ body: () throws(QueryError) -> Void) -> Fault? {
        do throws(QueryError) {
            try body()
            return nil
        } catch { return Fault(error) }
    }

    private static func fieldFault(_ name: String) -> Fault? {
        guard RequestField(named: name) == nil else { return nil }
        let near = NearestName.hint(name, among: RequestSchema.definitions.map(\.field.name))
        return Fault("there is no field '\(name.prefix(128))'", hint: near ?? "see /api/v1/fields for the fields")
    }

    private static func promQLFault(_ text: String, _ variables: [Dashboard.Variable]) -> Fault? {
        let template = PromQLTemplate(text)
        if let name = template.unknownVariable(among: variables.map(\.name)) {
            return Fault("there is no variable $\(name)", hint: NearestName.hint(name, among: variables.map(\.name) + PromQLTemplate.builtins) ?? "define it under variables")
        }
        do throws(PromQLSyntaxError) {
            _ = try PromQLParser.parse(template.sample)
            return nil
        } catch { return Fault("the PromQL cannot be read: \(error.message)") }
    }
}

extension DocumentValue {
    /// The place of a character of this text, counted in the text itself; the text's own place where it is written over several lines.
    func place(ofLine line: Int, column: Int) -> DashboardFault.Place {
        guard line == 1, place != .unknown, let text = scalar, !text.contains("\n") else { return place }
        let quote = if case .text = content { 1 } else { 0 }
        return DashboardFault.Place(line: place.line, column: place.column + quote + column - 1)
    }
}
