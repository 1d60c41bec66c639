internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import NIOCore

/// What a `_search` asks, from its body and its URL (which wins).
struct SearchRequest {
    /// `from` + `size` beyond this is refused, as Elasticsearch's `index.max_result_window`.
    static let windowMax = 10_000

    var query: JSONValue?
    var size = 10
    var from = 0
    /// nil: in the order of arrival.
    var sort: (name: String, field: ElasticFieldName, isDescending: Bool)?
    var source = SourceFilter.all
    var tracksTotal = true
    var hasIntegerTotal = false

    init(_ request: ServerRequest) throws(ElasticError) {
        hasIntegerTotal = request.query("rest_total_hits_as_int") == "true"
        if request.body.readableBytes > 0 { try read(try JSONBody.parse(request.body)) }
        if let text = request.query("size") { size = try Self.count(text, "size") }
        if let text = request.query("from") { from = try Self.count(text, "from") }
        if let text = request.query("sort"), let first = text.split(separator: ",").first {
            let parts = first.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            try setSort(parts[0], parts.count > 1 ? parts[1] : "asc")
        }
        if request.query("q") != nil { throw .unsupported("the query string parameter [q]") }
        guard from + size <= Self.windowMax else {
            throw .illegalArgument("Result window is too large, from + size must be less than or equal to: [\(Self.windowMax)] but was [\(from + size)]")
        }
    }

    private mutating func read(_ body: JSONValue) throws(ElasticError) {
        guard let members = body.members else { throw .parsing("Expected [START_OBJECT] but found [\(body.kindName)]") }
        for member in members {
            switch member.name {
            case "query": query = member.value
            case "size": size = try Self.count(member.value, "size")
            case "from": from = try Self.count(member.value, "from")
            case "sort": try readSort(member.value)
            case "_source": source = try SourceFilter(member.value)
            case "track_total_hits": tracksTotal = member.value.bool ?? true
            // What changes nothing here: no scores, no shards, no scripts.
            case "timeout", "highlight", "track_scores", "version", "seq_no_primary_term", "stored_fields", "script_fields", "explain", "profile", "min_score": continue
            case "aggs", "aggregations", "search_after", "pit", "fields", "docvalue_fields", "collapse", "suggest", "post_filter", "knn", "rescore", "runtime_mappings":
                throw .unsupported("[\(member.name)] in a search")
            default: throw .parsing("unknown key [\(member.name)] for a search")
            }
        }
    }

    private mutating func readSort(_ value: JSONValue) throws(ElasticError) {
        switch value {
        case .array(let entries):
            // Further keys only order records that are equal in the first, which stand in the order of arrival.
            for entry in entries {
                try readSort(entry)
                if sort != nil { return }
            }
        case .string(let name): try setSort(name, name == "_score" ? "desc" : "asc")
        case .object(let members):
            guard let member = members.first else { return }
            let order = member.value.string ?? member.value["order"]?.string ?? "asc"
            try setSort(member.name, order)
        case .null, .bool, .number: throw .parsing("malformed sort format, within the sort array, an object or a string was expected")
        }
    }

    private mutating func setSort(_ name: String, _ order: String) throws(ElasticError) {
        guard order == "asc" || order == "desc" else { throw .illegalArgument("Unknown SortOrder [\(order)]") }
        if name == "_score" || name == "_doc" { return }
        guard let field = ElasticFieldName(name) else {
            throw ElasticError(.badRequest, "query_shard_exception", "No mapping found for [\(name)] in order to sort on")
        }
        sort = (name, field, order == "desc")
    }

    private static func count(_ value: JSONValue, _ name: String) throws(ElasticError) -> Int {
        guard let number = value.integer ?? value.string.flatMap({ Int64($0) }) else { throw .parsing("[\(name)] must be a number, found \(value.kindName)") }
        guard number >= 0 else { throw .illegalArgument("[\(name)] parameter cannot be negative, found [\(number)]") }
        return Int(clamping: min(number, 1 << 31))
    }

    private static func count(_ text: String, _ name: String) throws(ElasticError) -> Int {
        guard let number = Int64(text) else { throw .illegalArgument("Failed to parse int parameter [\(name)] with value [\(text)]") }
        return try count(.number(JSONScanner.Number(double: Double(number), integer: number)), name)
    }
}

/// Which parts of `_source` to give.
struct SourceFilter {
    private var isEmpty = false
    private var includes: [TextPattern] = []
    private var excludes: [TextPattern] = []

    static let all = SourceFilter()

    private init() {}

    init(_ value: JSONValue) throws(ElasticError) {
        switch value {
        case .bool(let isWanted): isEmpty = !isWanted
        case .string, .array: includes = Self.patterns(value)
        case .object:
            includes = Self.patterns(value["includes"] ?? value["include"] ?? .array([]))
            excludes = Self.patterns(value["excludes"] ?? value["exclude"] ?? .array([]))
        case .null, .number: throw .parsing("Expected one of [VALUE_BOOLEAN, START_OBJECT] but found [\(value.kindName)]")
        }
    }

    private static func patterns(_ value: JSONValue) -> [TextPattern] {
        (value.elements ?? [value]).compactMap(\.string).flatMap { [TextPattern(wildcard: $0), TextPattern(wildcard: $0 + ".*")] }
    }

    /// The document's chosen part; nil when none of it is wanted.
    func apply(to document: JSONValue) -> JSONValue? {
        if isEmpty { return nil }
        if includes.isEmpty, excludes.isEmpty { return document }
        return pruned(document, path: "") ?? .object([])
    }

    private func pruned(_ value: JSONValue, path: String) -> JSONValue? {
        guard let members = value.members else {
            let isIncluded = includes.isEmpty || includes.contains { $0.matches(path) }
            return isIncluded && !excludes.contains { $0.matches(path) } ? value : nil
        }
        let kept = members.compactMap { member in
            pruned(member.value, path: path.isEmpty ? member.name : path + "." + member.name).map { JSONValue.Member(name: member.name, value: $0) }
        }
        return kept.isEmpty ? nil : .object(kept)
    }
}
