internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOHTTP1
internal import NIOCore

/// Indices: labels that senders put on records. They exist when they were created or when a record carries them.
extension ElasticDoor {
    func addIndexRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["PUT"], "/{index}") { try createIndex($0) }
        add(&router, ["GET"], "/{index}") { try getIndex($0) }
        add(&router, ["HEAD"], "/{index}") { try headIndex($0) }
        add(&router, ["DELETE"], "/{index}") { try await deleteIndex($0) }
        add(&router, ["GET"], "/_mapping") { try getMapping($0) }
        add(&router, ["GET"], "/{index}/_mapping") { try getMapping($0) }
        add(&router, ["GET"], "/_cat/indices") { try catIndices($0) }
        add(&router, ["GET"], "/_cat/indices/{index}") { try catIndices($0) }
        for action in ["_refresh", "_flush"] {
            for path in ["/\(action)", "/{index}/\(action)"] {
                add(&router, ["GET", "POST"], path) { request in
                    _ = try resolve(request)
                    // Every acknowledged record is visible and durable already.
                    return ElasticAnswer.json(isPretty: request.isPretty) { $0.object { ElasticAnswer.writeShards(&$0) } }
                }
            }
        }
    }

    /// Every index with the number of its records, by name.
    func indexCounts() -> [(name: String, records: Int)] {
        var counts: [String: Int] = [:]
        for name in services.registry.names(.indices) { counts[name] = 0 }
        for segment in services.reader.snapshot(of: .all).segments where segment.contains(.index) {
            guard let values = try? segment.dictionary(.index), let rows = try? segment.shownValueCounts(.index) else { continue }
            for (position, count) in rows.enumerated() where count > 0 { counts[values[position], default: 0] += count }
        }
        return counts.map { (name: $0.key, records: $0.value) }.sorted { $0.name < $1.name }
    }

    func indexNames() -> [String] { indexCounts().map(\.name) }

    /// The indices that a request's path names; all when it names none.
    ///
    /// - Throws: 404 when one named without wildcard does not exist, unless the client ignores that.
    func resolve(_ request: ServerRequest) throws(ElasticError) -> [String] {
        let known = indexNames()
        guard let text = request.parameter("index") else { return known }
        let expression = IndexExpression(text)
        if request.query("ignore_unavailable") != "true", let missing = expression.concrete.first(where: { !known.contains($0) }) {
            throw .indexNotFound(missing)
        }
        let selected = expression.select(from: known)
        if selected.isEmpty, request.query("allow_no_indices") == "false" { throw .indexNotFound(text) }
        return selected
    }

    private func createIndex(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let name = request.parameter("index") ?? ""
        if let why = IndexName.fault(in: name) { throw ElasticError(.badRequest, "invalid_index_name_exception", why, index: name) }
        guard !indexNames().contains(name) else {
            throw ElasticError(.badRequest, "resource_already_exists_exception", "index [\(name)/_na_] already exists", index: name)
        }
        let body = request.body.readableBytes > 0 ? try document(of: request) : .object([])
        guard let members = body.members else { throw .parsing("the body of an index creation must be an object, found \(body.kindName)") }
        for member in members where !["mappings", "settings", "aliases"].contains(member.name) {
            throw .parsing("unknown key [\(member.name)] for create index")
        }
        try store(.indices, name, body)
        return ElasticAnswer.json(isPretty: request.isPretty) {
            $0.object {
                $0.member("acknowledged", true)
                $0.member("shards_acknowledged", true)
                $0.member("index", name)
            }
        }
    }

    private func getIndex(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let names = try resolve(request)
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                for name in names {
                    let declared = services.registry.entry(.indices, name)
                    answer.object(name) { index in
                        index.object("aliases") { _ in }
                        index.key("mappings")
                        ElasticMapping.write(to: &index, declared: declared?["mappings"])
                        index.object("settings") { settings in
                            settings.object("index") {
                                $0.member("number_of_shards", "1")
                                $0.member("number_of_replicas", "0")
                                $0.member("provided_name", name)
                            }
                        }
                    }
                }
            }
        }
    }

    private func headIndex(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let isThere = (try? resolve(request)).map { !$0.isEmpty } ?? false
        var response = ServerResponse(status: isThere ? .ok : .notFound)
        response.headers.add(name: ElasticAnswer.productHeader.0, value: ElasticAnswer.productHeader.1)
        return response
    }

    private func getMapping(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let names = try resolve(request)
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                for name in names {
                    answer.object(name) { index in
                        index.key("mappings")
                        ElasticMapping.write(to: &index, declared: services.registry.entry(.indices, name)?["mappings"])
                    }
                }
            }
        }
    }

    private func catIndices(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let names = Set(try resolve(request))
        let statistics = services.reader.statistics
        let total = max(1, indexCounts().reduce(0) { $0 + $1.records })
        let health = statistics.unwritableReason == nil ? "green" : "red"
        let isWanted = request.query("health").map { $0 == health } ?? true
        let rows = indexCounts().filter { isWanted && names.contains($0.name) }.map { index -> [(String, String)] in
            // Records of all indices share parts: an index's size is its share of them.
            let bytes = Int(Double(statistics.bytes) * Double(index.records) / Double(total))
            let size = request.query("bytes") == "b" ? String(bytes) : CatTable.size(bytes)
            return [("health", health), ("status", "open"), ("index", index.name), ("uuid", CatTable.uuid(of: index.name)),
                ("pri", "1"), ("rep", "0"), ("docs.count", String(index.records)), ("docs.deleted", "0"), ("store.size", size), ("pri.store.size", size),
                ("dataset.size", size)]
        }
        return try CatTable.response(rows, columns: ["health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size", "dataset.size"], request)
    }
}
