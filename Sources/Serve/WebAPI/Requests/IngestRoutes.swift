internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import Ingest
internal import NIOCore
internal import NIOHTTP1

/// `POST /ingest/{apisix,noveum,litellm}`: JSON arrays, objects or NDJSON from loggers that speak plain HTTP.
struct IngestRoutes: Sendable {
    /// Errors listed in an answer; all are counted and kept in the dead-letter file.
    static let errorsListedMax = 100

    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        for (path, door) in [("apisix", IngestDoor.apisix), ("noveum", .noveum), ("litellm", .litellm)] {
            add(&router, ["POST", "PUT"], "/ingest/\(path)") { request in try await receive(request, door) }
        }
    }

    private func receive(_ request: ServerRequest, _ door: IngestDoor) async throws -> ServerResponse {
        guard request.body.readableBytes > 0 else { throw APIError(.invalidRequest, "the body is empty", hint: "send a JSON object, a JSON array, or one JSON object a line") }
        let context = services.collector.context(door)
        let result = unsafe request.body.withUnsafeReadableBytes { unsafe services.collector.readItems($0, context) }
        guard result.counters.received > 0 else { throw APIError(.invalidRequest, "the body holds no documents", hint: "send a JSON object, a JSON array, or one JSON object a line") }
        let receipt: AppendReceipt?
        do { receipt = try await services.collector.store(result, context) } catch { throw StorageAnswer.apiError(error) }
        let conflicts = receipt?.conflicts.count ?? 0
        let duplicates = receipt?.duplicates.count ?? 0
        let stored = result.batch.count - conflicts - duplicates
        let rejected = result.counters.rejectedTotal + conflicts
        return .json(status: stored == 0 && duplicates == 0 && rejected > 0 ? .badRequest : .ok) { writer in
            writer.object { answer in
                answer.member("received", result.counters.received)
                answer.member("stored", stored)
                answer.member("duplicates", duplicates)
                answer.member("rejected", rejected)
                answer.array("errors") { for item in result.rejected.prefix(Self.errorsListedMax) { Self.write(item, to: &$0) } }
            }
        }
    }

    private static func write(_ item: RejectedItem, to writer: inout JSONWriter) {
        writer.object { error in
            error.member("item", item.item)
            error.member("line", item.line)
            error.member("column", item.column)
            if let field = item.field { error.member("field", field) }
            error.member("code", item.code.name)
            error.member("reason", item.reason)
        }
    }
}

/// How a store's refusal is told: as something to send again later, where it is.
enum StorageAnswer {
    static func apiError(_ error: StorageError) -> APIError {
        switch error {
        case .full(let reason): APIError(.storageFull, "nothing was stored: \(reason)", hint: "send it again later")
        case .closed: APIError(.overloaded, "the server is stopping; nothing was stored", hint: "send it again")
        case .system(let operation, _, let code): APIError(.storageFull, "nothing was stored: \(operation) failed with error \(code)", hint: "send it again later")
        case .locked, .damaged, .unsupportedFormat: APIError(.internal, "nothing was stored: \(error)")
        }
    }

    static func elasticError(_ error: StorageError) -> ElasticError {
        switch error {
        case .full(let reason): ElasticError(.tooManyRequests, "es_rejected_execution_exception", "rejected execution of bulk: nothing was stored: \(reason)")
        case .closed: ElasticError(.serviceUnavailable, "node_closed_exception", "the server is stopping; nothing was stored")
        case .system(let operation, _, let code):
            ElasticError(.tooManyRequests, "es_rejected_execution_exception", "rejected execution of bulk: nothing was stored: \(operation) failed with error \(code)")
        case .locked, .damaged, .unsupportedFormat: ElasticError(.internalServerError, "exception", "nothing was stored: \(error)")
        }
    }
}
