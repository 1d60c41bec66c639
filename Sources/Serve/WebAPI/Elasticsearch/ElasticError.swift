internal import ByteCoding
internal import HTTPTransport
internal import NIOHTTP1

/// An error in Elasticsearch's own shape.
struct ElasticError: Error {
    let status: HTTPResponseStatus
    let type: String
    let reason: String
    /// The index the error is about.
    var index: String?

    init(_ status: HTTPResponseStatus, _ type: String, _ reason: String, index: String? = nil) {
        self.status = status
        self.type = type
        self.reason = reason
        self.index = index
    }

    static func parsing(_ reason: String) -> ElasticError { ElasticError(.badRequest, "parsing_exception", reason) }
    static func illegalArgument(_ reason: String) -> ElasticError { ElasticError(.badRequest, "illegal_argument_exception", reason) }

    /// What Gatewatch does not do: said so, never pretended.
    static func unsupported(_ what: String) -> ElasticError { illegalArgument("\(what) is not supported by Gatewatch") }

    static func indexNotFound(_ index: String) -> ElasticError {
        ElasticError(.notFound, "index_not_found_exception", "no such index [\(index)]", index: index)
    }

    var response: ServerResponse {
        var response = ElasticAnswer.json(status: status, isPretty: false) { $0.object { write(to: &$0) } }
        if status == .tooManyRequests { response.headers.add(name: "Retry-After", value: "1") }
        if status == .unauthorized {
            response.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"security\", charset=\"UTF-8\"")
            response.headers.add(name: "WWW-Authenticate", value: "ApiKey")
        }
        return response
    }

    /// Writes the members `error` and `status` of an object.
    func write(to writer: inout JSONWriter) {
        writer.object("error") { error in
            error.array("root_cause") { $0.object { writeCause(to: &$0) } }
            writeCause(to: &error)
        }
        writer.member("status", Int(status.code))
    }

    private func writeCause(to writer: inout JSONWriter) {
        writer.member("type", type)
        writer.member("reason", reason)
        guard let index else { return }
        writer.member("resource.type", "index_or_alias")
        writer.member("resource.id", index)
        writer.member("index_uuid", "_na_")
        writer.member("index", index)
    }
}

/// Answers as Elasticsearch clients expect them.
enum ElasticAnswer {
    /// Clients 8 and 9 refuse a server whose 2xx answers lack this header.
    static let productHeader = ("X-Elastic-Product", "Elasticsearch")

    static func json(status: HTTPResponseStatus = .ok, isPretty: Bool, _ body: (inout JSONWriter) -> Void) -> ServerResponse {
        var writer = JSONWriter(reserving: 512)
        body(&writer)
        let bytes = isPretty ? JSONIndenter.indent(writer.bytes) : writer.bytes
        var response = ServerResponse(status: status, contentType: "application/json", body: .bytes(bytes))
        response.headers.add(name: productHeader.0, value: productHeader.1)
        return response
    }

    static func acknowledged(isPretty: Bool) -> ServerResponse {
        json(isPretty: isPretty) { $0.object { $0.member("acknowledged", true) } }
    }

    /// The `_shards` member that every write and search answer has.
    static func writeShards(_ writer: inout JSONWriter, hasSkipped: Bool = false) {
        writer.object("_shards") {
            $0.member("total", 1)
            $0.member("successful", 1)
            if hasSkipped { $0.member("skipped", 0) }
            $0.member("failed", 0)
        }
    }
}

extension ServerRequest {
    /// Whether the client asked for indented JSON.
    var isPretty: Bool { query("pretty").map { $0 != "false" } ?? false }
}
