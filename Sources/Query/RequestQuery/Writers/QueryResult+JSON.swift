package import ByteCoding
internal import GatewayModel

extension QueryResult {
    /// Writes the answer as the JSON object of `docs/reference/http-api.md`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("from", range.from.iso8601)
            writer.member("to", range.to.iso8601)
            writeFigures(to: &writer)
            writer.key("stats")
            statistics.writeJSON(to: &writer)
            writer.key("completeness")
            completeness.writeJSON(to: &writer)
        }
    }

    /// Writes the members that are drawn: bucket width, zone, columns and rows; neither the range nor what the answer cost.
    package func writeFigures(to writer: inout JSONWriter) {
        writer.key("every_seconds")
        if let everySeconds { writer.value(everySeconds) } else { writer.null() }
        writer.member("time_zone", timeZone.identifier)
        writer.array("columns") { writer in
            for column in columns {
                writer.object { writer in
                    writer.member("name", column.name)
                    writer.member("kind", column.kind.rawValue)
                    writer.member("unit", column.unit)
                    if let bounds = column.bounds {
                        writer.array("bounds") { writer in for bound in bounds.values { writer.value(bound) } }
                        writer.member("bounds_unit", bounds.unit)
                    }
                }
            }
        }
        writer.array("rows") { writer in
            for index in 0..<rowCount {
                writer.array { writer in for value in row(index) { value.write(to: &writer) } }
            }
        }
        writer.member("groups_total", groupsTotal)
    }

    /// The JSON text.
    package var json: [UInt8] {
        var writer = JSONWriter(reserving: 1_024 + values.count * 12)
        writeJSON(to: &writer)
        return writer.bytes
    }
}

extension QueryValue {
    /// As JSON; a time as integer milliseconds since 1970.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .integer(let value): writer.value(value)
        case .number(let value): writer.value(value)
        case .boolean(let value): writer.value(value)
        case .text(let value): writer.value(value)
        case .time(let value): writer.value(floorDivide(value.microseconds, 1_000))
        case .counts(let counts): writer.array { writer in for count in counts { writer.value(Int64(count)) } }
        }
    }
}

extension QueryStatistics {
    /// The `stats` object.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("records_read", recordsRead)
            writer.member("records_matched", recordsMatched)
            writer.member("records_cached", recordsCached)
            writer.member("blocks_read", blocksRead)
            writer.member("blocks_skipped", blocksSkipped)
            writer.member("elapsed_seconds", elapsedSeconds)
            writer.member("source", source)
        }
    }
}

extension QueryCompleteness {
    /// The `completeness` object.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("newest", newest?.iso8601)
            writer.member("open_from", openFrom?.iso8601)
            writer.member("retained_from", retainedFrom?.iso8601)
            writer.member("complete", isComplete)
            writer.array("notes") { writer in for note in notes { writer.value(note) } }
        }
    }
}

extension QueryError {
    /// Writes `{"error": {...}}`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.object("error") { writer in
                writer.member("code", code.rawValue)
                writer.member("message", message)
                if let field { writer.member("field", field) }
                if let position {
                    writer.object("position") { writer in
                        writer.member("line", position.line)
                        writer.member("column", position.column)
                    }
                }
                if let hint { writer.member("hint", hint) }
            }
        }
    }
}
