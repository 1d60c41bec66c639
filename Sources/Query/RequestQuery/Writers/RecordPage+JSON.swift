package import ByteCoding
internal import GatewayModel

extension RecordPage {
    /// Writes the page as the JSON object of `docs/reference/http-api.md`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.array("records") { writer in
                for row in 0..<records.count { records.writeRecord(row, fields: fields, to: &writer) }
            }
            writer.member("next_cursor", nextCursor?.text)
            writer.nullMember("matched")
            writer.key("stats")
            statistics.writeJSON(to: &writer)
            writer.key("completeness")
            completeness.writeJSON(to: &writer)
        }
    }
}

extension FieldSummary {
    /// Writes the field as an element of `fields` in `GET /api/v1/fields`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", definition.name)
            writer.member("attribute", definition.attribute)
            writer.member("type", definition.typeName)
            writer.member("role", definition.role.rawValue)
            writer.member("unit", definition.unit.external)
            writer.member("summary", definition.summary)
            writer.array("aliases") { writer in for alias in definition.aliases { writer.value(alias) } }
            writer.array("values") { writer in
                for value in values {
                    writer.object { writer in
                        writer.member("value", value.value)
                        writer.member("count", value.count)
                    }
                }
            }
            writer.member("values_total", valuesTotal)
        }
    }
}
