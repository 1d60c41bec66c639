internal import ByteCoding
internal import HTTPTransport
internal import Logging
internal import RequestQuery
internal import NIOHTTP1

/// Adds routes whose handlers may throw: who may call is decided first, errors become answers in the shape of the door they are for.
struct RouteAdder: Sendable {
    /// The dialect in which errors are told.
    enum Dialect { case api, elasticsearch }

    let guardian: RequestGuard
    let logger: Logger
    let dialect: Dialect

    func callAsFunction(
        _ router: inout Router, _ methods: [String], _ pattern: String, execution: RouteExecution = .pool,
        _ handler: @escaping @Sendable (ServerRequest) async throws -> ServerResponse
    ) {
        router.on(methods, pattern, execution: execution) { request in
            Self.echoingID(of: request, in: await answer(request, handler))
        }
    }

    /// The response with the request's `X-Opaque-Id`: Elasticsearch's way to find a request again in logs on both sides.
    static func echoingID(of request: ServerRequest, in response: ServerResponse) -> ServerResponse {
        guard let id = request.headers.first(name: "X-Opaque-Id") else { return response }
        var response = response
        response.headers.add(name: "X-Opaque-Id", value: id)
        return response
    }

    private func answer(_ request: ServerRequest, _ handler: @Sendable (ServerRequest) async throws -> ServerResponse) async -> ServerResponse {
        if let refusal = Self.refusal(of: request, by: guardian, dialect) { return refusal }
        if let type = RequestMediaType.unsupported(request) {
            switch dialect {
            case .api: return APIError(.unsupportedMediaType, "bodies of type '\(type)' are not read", hint: "send application/json or application/x-ndjson").response
            case .elasticsearch:
                return ElasticError(.notAcceptable, "media_type_header_exception", "Content-Type header [\(type)] is not supported").response
            }
        }
        do { return try await handler(request) } catch let error as ElasticError { return error.response } catch let error as APIError { return error.response } catch let error as QueryError {
            return dialect == .api ? error.apiError.response : error.elasticError.response
        } catch {
            logger.error("a request failed", metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"])
            switch dialect {
            case .api: return APIError(.internal, "the request failed; the server's log says why").response
            case .elasticsearch: return ElasticError(.internalServerError, "exception", "the request failed; the server's log says why").response
            }
        }
    }

    /// The answer to a request that may not pass; nil when it may.
    static func refusal(of request: ServerRequest, by guardian: RequestGuard, _ dialect: Dialect) -> ServerResponse? {
        switch (guardian.verdict(on: request), dialect) {
        case (.allowed, _): return nil
        case (.unauthorized, .api):
            var response = APIError(.unauthorized, "missing or wrong credentials", hint: "send Authorization: Basic ... or ApiKey ...").response
            response.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"gatewatch\", charset=\"UTF-8\"")
            return response
        case (.unauthorized, .elasticsearch):
            return ElasticError(.unauthorized, "security_exception", "missing authentication credentials for REST request [\(request.uri)]").response
        case (.forbidden(let reason), .api): return APIError(.forbidden, reason).response
        case (.forbidden(let reason), .elasticsearch): return ElasticError(.forbidden, "security_exception", reason).response
        }
    }
}
