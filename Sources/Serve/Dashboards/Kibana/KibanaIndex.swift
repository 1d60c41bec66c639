internal import GatewayModel

/// The index template and the lifecycle policy that the exported dashboards need in Elasticsearch; Gatewatch's own Elasticsearch door takes both too.
package struct KibanaIndex: Sendable {
    private let source: KibanaSource
    private let index: String

    /// Days after which documents are deleted: single requests are kept for 90 days. Trends of a year are Gatewatch's own.
    package static let retentionDays = 90

    package init(source: KibanaSource, index: String) {
        self.source = source
        self.index = index
    }

    /// The name of template and policy, and of the alias that writers use: the pattern without what stands for a number.
    package var name: String {
        let bare = index.prefix { $0 != "*" && $0 != "," }
        let trimmed = String(bare).split(separator: "-", omittingEmptySubsequences: true).joined(separator: "-")
        return trimmed.isEmpty ? "gatewatch" : trimmed
    }

    /// The body of `PUT _ilm/policy/{name}`: a new index a day or at 50 GB, deleted 90 days after.
    package var lifecyclePolicy: KibanaJSON {
        [
            "policy": [
                "phases": [
                    "hot": ["min_age": "0ms", "actions": ["rollover": ["max_age": "1d", "max_primary_shard_size": "50gb"]]],
                    "delete": ["min_age": "\(Self.retentionDays)d", "actions": ["delete": [:]]],
                ]
            ]
        ]
    }

    /// The body of `PUT _index_template/{name}`.
    package var template: KibanaJSON {
        [
            "index_patterns": .array(index.split(separator: ",").map { .string(String($0)) }), "priority": 500,
            "template": [
                "settings": ["index": ["lifecycle": ["name": .string(name), "rollover_alias": .string(name)], "refresh_interval": "5s", "mapping": ["total_fields": ["limit": 500]]]],
                "mappings": mappings,
            ],
            "_meta": ["description": "Requests of an LLM gateway, as the dashboards exported by Gatewatch read them."],
        ]
    }

    private var mappings: KibanaJSON {
        switch source {
        case .gatewatch: ["dynamic": false, "properties": .members(Self.own)]
        case .apisix: ["dynamic": true, "properties": Self.nested(KibanaSource.apisixFields, besides: [
            ("request.headers", ["type": "flattened"]), ("request.querystring", ["type": "flattened"]), ("response.headers", ["type": "flattened"]),
            ("llm_request", ["type": "object", "enabled": false]), ("llm_response_text", ["type": "object", "enabled": false]),
        ])]
        case .noveum: ["dynamic": true, "properties": Self.nested(KibanaSource.noveumFields, besides: [], fixed: ["attributes.request", "attributes.response"])]
        }
    }

    // MARK: Gatewatch's own records

    /// Every field under its short name, and its attribute of OpenTelemetry as another name for queries.
    private static var own: [(String, KibanaJSON?)] {
        let definitions = RequestSchema.definitions.filter { $0.field != .index }
        let names = Set(definitions.map(\.name))
        let fields = definitions.map { ($0.name, Optional(type(of: $0))) }
        let aliases = definitions.filter { !names.contains($0.attribute) && !$0.attribute.hasPrefix("_") }.map { definition -> (String, KibanaJSON?) in
            (definition.attribute, ["type": "alias", "path": .string(definition.name)])
        }
        return fields + aliases
    }

    private static func type(of definition: FieldDefinition) -> KibanaJSON {
        switch definition.kind {
        case .dictionary: return ["type": "keyword", "ignore_above": 1_024]
        case .text: return definition.field == .errorMessage ? ["type": "text", "fields": ["keyword": ["type": "keyword", "ignore_above": 1_024]]] : ["type": "keyword"]
        case .integer: break
        }
        switch definition.unit {
        case .instant: return ["type": "date"]
        case .boolean: return ["type": "boolean"]
        // Six digits, which `float` keeps, would round long durations and large sums.
        case .duration, .money: return ["type": "double"]
        case .none, .bytes, .tokens, .count: return ["type": "long"]
        }
    }

    // MARK: Other gateways' documents

    /// The mappings of dotted paths as objects within objects, by name.
    ///
    /// - Parameter fixed: objects whose other members are kept but not indexed.
    private static func nested(_ fields: [RequestField: KibanaField], besides more: [(String, KibanaJSON)], fixed: Set<String> = []) -> KibanaJSON {
        var paths: [String: KibanaJSON] = [:]
        for field in fields.values { paths[bare(field.path)] = mapping(field) }
        for (path, mapping) in more { paths[path] = mapping }
        return tree(paths.sorted { $0.key < $1.key }.map { ($0.key.split(separator: ".").map(String.init), $0.value) }, under: "", fixed: fixed)
    }

    private static func tree(_ leaves: [(path: [String], mapping: KibanaJSON)], under parent: String, fixed: Set<String>) -> KibanaJSON {
        var names: [String] = []
        for leaf in leaves { if let name = leaf.path.first, !names.contains(name) { names.append(name) } }
        return .members(names.map { name in
            let own = leaves.filter { $0.path.first == name }
            if let leaf = own.first, own.count == 1, leaf.path.count == 1 { return (name, leaf.mapping) }
            let path = parent.isEmpty ? name : parent + "." + name
            let inner = tree(own.map { (Array($0.path.dropFirst()), $0.mapping) }.filter { !$0.0.isEmpty }, under: path, fixed: fixed)
            return (name, .members([("dynamic", fixed.contains(path) ? false : nil), ("properties", inner)]))
        })
    }

    /// Strings have the sub-field that Elasticsearch gives them where it maps by itself, so that the dashboards read old indices as well.
    private static func mapping(_ field: KibanaField) -> KibanaJSON {
        switch field.type {
        case .keyword, .booleanText: ["type": "keyword", "ignore_above": 1_024, "fields": ["keyword": ["type": "keyword", "ignore_above": 1_024]]]
        case .number: ["type": field.isReal ? "double" : "long"]
        case .boolean: ["type": "boolean"]
        case .date: ["type": "date", "format": "strict_date_optional_time_nanos||epoch_millis"]
        }
    }

    private static func bare(_ path: String) -> String { path.hasSuffix(".keyword") ? String(path.dropLast(8)) : path }
}
