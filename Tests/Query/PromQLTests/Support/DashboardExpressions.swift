import Foundation

/// The PromQL of a Grafana dashboard, with plausible values for its variables.
enum DashboardExpressions {
    static func all(in data: Data) throws -> [String] {
        var expressions: [String] = []
        collect(try JSONSerialization.jsonObject(with: data), &expressions)
        return expressions.map(withValues)
    }

    private static func collect(_ value: Any, _ expressions: inout [String]) {
        if let object = value as? [String: Any] {
            let source = "\(object["datasource"] ?? "")".lowercased()
            if let expression = object["expr"] as? String, !["loki", "tempo", "elastic"].contains(where: source.contains) { expressions.append(expression) }
            for key in object.keys.sorted() { collect(object[key] ?? 0, &expressions) }
        } else if let array = value as? [Any] {
            for element in array { collect(element, &expressions) }
        }
    }

    /// `$name`, `${name}`, `${name:format}` and `[[name]]`: a duration where the name says so, otherwise a word.
    private static func withValues(_ expression: String) -> String {
        expression.replacing(/\[\[\s*(\w+)(?::\w+)?\s*\]\]|\$\{(\w+)(?:[:.][^}]*)?\}|\$(\w+)/) { match in
            let name = (match.1 ?? match.2 ?? match.3 ?? "").lowercased()
            if name == "__range_s" { return "3600" }
            if name == "__range_ms" { return "3600000" }
            return ["interval", "range", "window", "resolution", "period"].contains(where: name.contains) ? "5m" : "x"
        }
    }
}
