internal import ByteCoding

/// JSON Schema (2020-12) of a dashboard's file, for editors: made of the tables that the reader works from. It knows shapes; what filters, measures and PromQL mean only the reader knows.
package enum DashboardSchema {
    /// The schema as JSON text.
    package static let json: String = {
        var writer = JSONWriter(reserving: 32 << 10)
        writer.object { writer in
            writer.member("$schema", "https://json-schema.org/draft/2020-12/schema")
            writer.member("title", "Gatewatch dashboard")
            write(DashboardTables.dashboard.outline, to: &writer)
            writer.object("$defs") { writer in
                writer.object("panel") { writer in
                    write(PanelTables.inGrid.outline, to: &writer)
                    writeOptionsByChart(to: &writer)
                }
            }
        }
        return writer.string
    }()

    private static func write(_ outline: ObjectOutline, to writer: inout JSONWriter) {
        writer.member("type", "object")
        writer.object("properties") { writer in
            for key in outline.keys {
                writer.object(key.name) { writer in
                    writer.member("description", key.meaning)
                    write(key.shape, to: &writer)
                }
            }
        }
        let required = outline.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { writer.array("required") { array in for name in required { array.value(name) } } }
        writer.member("additionalProperties", false)
    }

    /// Each chart takes only its own options.
    private static func writeOptionsByChart(to writer: inout JSONWriter) {
        writer.array("allOf") { array in
            for chart in Panel.Chart.allCases {
                array.object { writer in
                    writer.object("if") { $0.object("properties") { $0.object("chart") { $0.member("const", chart.rawValue) } } }
                    writer.object("then") { writer in
                        writer.object("properties") { writer in
                            writer.object("options") { writer in
                                writer.object("propertyNames") { $0.array("enum") { array in for name in ChartTable.options(chart) { array.value(name) } } }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func write(_ shape: ValueShape, to writer: inout JSONWriter) {
        switch shape {
        case .text(let rule): write(rule, to: &writer)
        case .choice(let words): writeChoice(words, to: &writer)
        case .number(let range):
            writer.member("type", "number")
            if let range {
                writer.member("minimum", range.lowerBound)
                writer.member("maximum", range.upperBound)
            }
        case .count(let range):
            writer.member("type", "integer")
            writer.member("minimum", range.lowerBound)
            writer.member("maximum", range.upperBound)
        case .flag: writer.member("type", "boolean")
        case .list(let element, let max):
            writer.member("type", "array")
            writer.member("maxItems", max)
            writer.object("items") { write(element, to: &$0) }
        case .map(let element, let max):
            writer.member("type", "object")
            writer.member("maxProperties", max)
            writer.object("additionalProperties") { write(element, to: &$0) }
        case .object(let outline) where outline.name == PanelTables.inGrid.outline.name: writer.member("$ref", "#/$defs/panel")
        case .object(let outline): write(outline, to: &writer)
        }
    }

    /// A word such as `1` is a number to readers of YAML, and means the same here.
    private static func writeChoice(_ words: [String], to writer: inout JSONWriter) {
        writer.array("enum") { array in
            for word in words {
                array.value(word)
                if let number = Int(word) { array.value(number) }
            }
        }
    }

    private static func write(_ rule: ValueShape.TextRule, to writer: inout JSONWriter) {
        switch rule {
        case .any:
            // Words such as 12 and true are text here, whatever readers of YAML take them for.
            writer.array("type") { array in for type in ["string", "number", "boolean"] { array.value(type) } }
            return
        case .limit:
            writer.array("type") { array in for type in ["string", "number"] { array.value(type) } }
            return
        case .identifier: writer.member("pattern", "^[a-z0-9-]{1,\(TextRules.identifierCharactersMax)}$")
        case .name: writer.member("pattern", "^[A-Za-z_][A-Za-z0-9_]*$")
        case .question: writer.member("pattern", "[?]$")
        case .field: writer.array("examples") { array in for name in ["model", "provider", "client", "duration"] { array.value(name) } }
        case .measure: writer.array("examples") { array in for text in ["count", "p95(duration)", "ratio(status >= 500)"] { array.value(text) } }
        case .duration, .time, .filter, .sort, .promql: break
        }
        writer.member("type", "string")
        writer.member("maxLength", ValueShape.textCharactersMax)
    }
}
