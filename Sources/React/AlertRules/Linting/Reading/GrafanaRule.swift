internal import ByteCoding
internal import GatewayModel
internal import PromQL
internal import Yams

/// A rule of Grafana's provisioned alerting, as far as it can be written in PromQL: a query, and the condition that Grafana applies to it.
///
/// Source: Grafana documentation, "Use configuration files to provision alerting resources": `data` is a list of queries and expressions that refer to one another,
/// `condition` names the one that decides.
struct GrafanaRule {
    /// The query's expression as it stands in the file.
    let scalar: Node.Scalar
    /// PromQL with the condition.
    let text: String
    /// Bytes that stand before the query in ``text``.
    let offset: Int
    /// Whether the condition could be written in PromQL.
    let hasCondition: Bool

    struct Reason: Error {
        let message: String
    }

    /// Steps from the condition to the query; Grafana's own pages make three.
    private static let stepsMax = 8

    static func read(_ rule: Node) -> Result<GrafanaRule, Reason> {
        guard let nodes = rule["data"]?.sequence else { return .failure(Reason(message: "the rule has no data")) }
        let steps = Dictionary(nodes.map { ($0["refId"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        let condition = rule["condition"]?.string ?? ""
        var name = condition
        var comparison: String?
        for _ in 0..<stepsMax {
            guard let model = steps[name]?["model"] else { break }
            if let expression = model["expr"], case .scalar(let scalar) = expression { return query(scalar, comparison) }
            switch model["type"]?.string {
            case "threshold", "classic_conditions":
                guard let found = evaluator(model) else { return .failure(Reason(message: "the condition \(name) cannot be written as one comparison")) }
                comparison = found.text
                name = found.query ?? model["expression"]?.string ?? ""
            case "reduce", "resample": name = model["expression"]?.string ?? ""
            case "math":
                guard let found = mathematics(model["expression"]?.string ?? "") else {
                    return .failure(Reason(message: "the expression \(name) is computed by Grafana"))
                }
                comparison = comparison ?? found.text
                name = found.query
            default: return .failure(Reason(message: "the rule asks no Prometheus"))
            }
        }
        return .failure(Reason(message: "the rule's condition \(condition) leads to no query of a Prometheus"))
    }

    private static func query(_ scalar: Node.Scalar, _ comparison: String?) -> Result<GrafanaRule, Reason> {
        // Queries for logs begin with a selector and pipes, which are no PromQL.
        guard (try? PromQLParser.parse(scalar.string)) != nil else { return .failure(Reason(message: "the query cannot be read as PromQL")) }
        guard let comparison else { return .success(GrafanaRule(scalar: scalar, text: scalar.string, offset: 0, hasCondition: false)) }
        return .success(GrafanaRule(scalar: scalar, text: "(\(scalar.string)\n) \(comparison)", offset: 1, hasCondition: true))
    }

    /// The one comparison of a threshold, and the query it names itself.
    private static func evaluator(_ model: Node) -> (text: String, query: String?)? {
        guard let conditions = model["conditions"]?.sequence, conditions.count == 1, let condition = conditions.first, let evaluator = condition["evaluator"],
            let limit = evaluator["params"]?.sequence?.first?.scalar.flatMap({ Double($0.string) })
        else { return nil }
        let comparison: String
        switch evaluator["type"]?.string {
        case "gt": comparison = ">"
        case "gte": comparison = ">="
        case "lt": comparison = "<"
        case "lte": comparison = "<="
        case "eq": comparison = "=="
        case "ne": comparison = "!="
        default: return nil
        }
        return ("\(comparison) \(PrometheusNumber.of(limit))", model["expression"] == nil ? condition["query"]?["params"]?.sequence?.first?.string : nil)
    }

    /// `$A > 5` and `${A} > 5`.
    private static func mathematics(_ text: String) -> (text: String, query: String)? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3, words[0].hasPrefix("$"), [">", ">=", "<", "<=", "==", "!="].contains(words[1]), let limit = Double(words[2]) else { return nil }
        return ("\(words[1]) \(PrometheusNumber.of(limit))", String(words[0].filter { !["$", "{", "}"].contains($0) }))
    }
}
