internal import GatewayModel

/// A field as an Elasticsearch client names it, with the unit its documents use: the paths of APISIX and Noveum documents hold milliseconds,
/// our own names hold seconds.
struct ElasticFieldName {
    let field: RequestField
    /// Inside units (microseconds, nano-dollars, ...) per unit of the client's document.
    let insidePerUnit: Double

    /// nil when no field has that name. `_index`, `_id` and `_seq_no` are names too.
    init?(_ name: String) {
        if name == "_id" {
            field = .documentID
            insidePerUnit = 1
            return
        }
        guard let field = RequestField(named: name) else { return nil }
        self.field = field
        let bare = name.hasSuffix(".keyword") ? String(name.dropLast(8)) : name
        insidePerUnit = Self.millisecondPaths.contains(bare) ? 1_000 : field.unit.divisor
    }

    private static let millisecondPaths: Set<String> = [
        "latency", "upstream_latency", "apisix_latency", "llm_summary.duration",
        "attributes.metadata.latency", "attributes.metadata.ttfb", "attributes.metadata.provider_latency",
    ]

    /// The value that the client's document would hold, from an inside one.
    func documentValue(_ inside: Int64) -> Double { Double(inside) / insidePerUnit }
}
