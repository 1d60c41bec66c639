internal import GatewayModel
internal import RequestMetrics

/// A test of a record's field as a matcher of a family's label.
///
/// A label does not tell all that its field does: `status="error"` stands for every class of failure, `streaming="false"` also for records that do not say. A test
/// becomes a matcher only where the label decides it for every record; in doubt it does not.
struct LabelTest {
    let label: FamilyLabel

    /// The matcher, as `provider=~"a|b"`; nil where the label cannot tell.
    func matcher(_ test: FilterAlternatives.Test) -> String? {
        guard let field = test.field else { return nil }
        if field == .statusClass, label.field == .status { return statusClass(test) }
        guard label.field == field else { return nil }
        // `present` has one value for all that have the field: only presence can be asked.
        if let present = label.present {
            guard case .exists = test.test, present != label.absent else { return nil }
            return equality(test.isInverted ? label.absent : present)
        }
        switch test.test {
        case .exists: return label.absent.isEmpty ? "\(label.name)\(test.isInverted ? "=" : "!=")\"\"" : nil
        case .matches(_, let patterns): return label.absent.isEmpty ? texts(patterns, test.isInverted) : nil
        case .range(_, let range): return field.unit == .boolean ? boolean(range, test.isInverted) : numbers(range, test.isInverted)
        case .all, .and, .or, .not: return nil
        }
    }

    private func equality(_ value: String) -> String { "\(label.name)=\(Self.quoted(value))" }

    private func texts(_ patterns: [TextPattern], _ isInverted: Bool) -> String? {
        // The empty text is what an absent value looks like.
        guard !patterns.isEmpty, !patterns.contains(where: { $0.matches("") }) else { return nil }
        if patterns.count == 1, patterns[0].isExact { return "\(label.name)\(isInverted ? "!=" : "=")\(Self.quoted(patterns[0].pieces[0]))" }
        return pattern(patterns.map { $0.pieces.map(Self.escaped).joined(separator: ".*") }.joined(separator: "|"), isInverted)
    }

    /// `false` is also what a label with `absent: "false"` says of records that do not know.
    private func boolean(_ range: ClosedRange<Int64>, _ isInverted: Bool) -> String? {
        guard range.contains(0) != range.contains(1) else { return nil }
        let value = range.contains(1) ? "true" : "false"
        guard value != label.absent else { return nil }
        return "\(label.name)\(isInverted ? "!=" : "=")\"\(value)\""
    }

    private func numbers(_ range: ClosedRange<Int64>, _ isInverted: Bool) -> String? {
        guard label.field == .status, label.absent.isEmpty else { return nil }
        if range.lowerBound == range.upperBound { return "\(label.name)\(isInverted ? "!=" : "=")\"\(range.lowerBound)\"" }
        return NumberPattern.of(range).flatMap { pattern($0, isInverted) }
    }

    /// The class of a status follows from the status.
    private func statusClass(_ test: FilterAlternatives.Test) -> String? {
        guard label.present == nil, label.absent.isEmpty else { return nil }
        let classes: [Int]
        switch test.test {
        case .exists: classes = Array(1...5)
        case .matches(_, let patterns): classes = (1...5).filter { number in patterns.contains { $0.matches("\(number)xx") } }
        case .all, .and, .or, .not, .range: return nil
        }
        guard !classes.isEmpty else { return nil }
        return pattern(classes.map { "\($0).." }.joined(separator: "|"), test.isInverted)
    }

    private func pattern(_ text: String, _ isInverted: Bool) -> String? { "\(label.name)\(isInverted ? "!~" : "=~")\(Self.quoted(text))" }

    /// A text of PromQL in double quotes.
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    /// Literal text within a regular expression of RE2.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\.+*?()|[]{}^$".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
