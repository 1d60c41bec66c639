package import ByteCoding
package import GatewayModel

/// A value of a dimension, with its part of a change.
package struct ChangeCause: Sendable, Equatable {
    package let field: RequestField
    /// `null` for requests that have no value.
    package let value: QueryValue
    /// The measure over this value's requests; nil over none.
    package let now: Double?
    package let before: Double?
    /// Of all requests of the span.
    package let shareNow: Double
    package let shareBefore: Double
    /// The part of the difference that goes away with this value's requests.
    package let contribution: Double
    /// Values of other fields that just the same requests have, as filters.
    package internal(set) var alike: [String] = []

    /// The requests that have the value, in the filter language.
    package var filterText: String {
        switch value {
        case .null: "not \(field.name): *"
        case .text(let text): "\(field.name): \"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .boolean(let value): "\(field.name): \(value)"
        case .integer(let value): "\(field.name): \(value)"
        case .number, .time, .counts: ""
        }
    }

    var filter: Filter {
        switch value {
        case .null: .not(.exists(field))
        case .text(let text): .matches(field, [TextPattern(exactly: text)])
        case .boolean(let value): .range(field, value ? 1...1 : 0...0)
        case .integer(let value): .range(field, value...value)
        case .number, .time, .counts: .all
        }
    }
}

/// What explains a change.
package struct ChangeAnswer: Sendable {
    package let question: ChangeQuestion
    package internal(set) var now: Double?
    package internal(set) var before: Double?
    /// The largest contribution in the difference's direction first; none that goes against it.
    package internal(set) var causes: [ChangeCause] = []
    /// The fields that were looked at, and how much of their requests' mix has moved (0 to 1); the most first.
    package internal(set) var mixes: [(field: RequestField, moved: Double)] = []
    /// Values left out because they have too few requests.
    package internal(set) var valuesDropped = 0
    package internal(set) var notes: [String] = []
    package internal(set) var statistics = QueryStatistics()

    /// nil when there is nothing to compare in one of the spans.
    package var difference: Double? {
        guard let now, let before else { return nil }
        return now - before
    }

    init(_ question: ChangeQuestion) { self.question = question }

    /// Writes the answer as the JSON object of `docs/reference/dashboards-api.md`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { answer in
            answer.member("from", question.span.from.iso8601)
            answer.member("to", question.span.to.iso8601)
            answer.member("baseline_from", question.baseline.from.iso8601)
            answer.member("baseline_to", question.baseline.to.iso8601)
            answer.member("measure", question.measure.name)
            answer.member("unit", question.measure.unit)
            answer.member("now", now)
            answer.member("before", before)
            answer.member("difference", difference)
            answer.array("causes") { list in for cause in causes { write(cause, to: &list) } }
            answer.array("fields") { list in for mix in mixes { list.value(mix.field.name) } }
            answer.array("mix") { list in
                for mix in mixes {
                    list.object { object in
                        object.member("field", mix.field.name)
                        object.member("moved", mix.moved)
                    }
                }
            }
            answer.array("notes") { list in for note in notes { list.value(note) } }
            answer.key("stats")
            statistics.writeJSON(to: &answer)
        }
    }

    private func write(_ cause: ChangeCause, to list: inout JSONWriter) {
        list.object { object in
            object.member("field", cause.field.name)
            object.key("value")
            cause.value.write(to: &object)
            object.member("where", cause.filterText)
            object.member("now", cause.now)
            object.member("before", cause.before)
            object.member("share_now", cause.shareNow)
            object.member("share_before", cause.shareBefore)
            object.member("contribution", cause.contribution)
            object.member("explained", difference.flatMap { $0 == 0 ? nil : cause.contribution / $0 })
            object.array("alike") { names in for name in cause.alike { names.value(name) } }
        }
    }
}
