internal import ByteCoding
internal import HTTPTransport
internal import Logging
internal import NIOCore
internal import RequestQuery
internal import NIOHTTP1

/// Adds routes whose handlers may throw: who may call is decided first, errors become answers in the shape of the door they are for.
struct RouteAdder: Sendable {
    /// The dialect in which errors are told.
    enum Dialect { case api, elasticsearch, prometheus, alertmanager }

    let guardian: RequestGuard
    let logger: Logger
    let dialect: Dialect

    /// - Parameter taking: types of bodies that the route reads besides those of JSON.
    func callAsFunction(
        _ router: inout Router, _ methods: [String], _ pattern: String, execution: RouteExecution = .pool, taking: Set<String> = [],
        _ handler: @escaping @Sendable (ServerRequest) async throws -> ServerResponse
    ) {
        router.on(methods, pattern, execution: execution) { request in
            Self.echoingID(of: request, in: guardian.admitting(request, to: await answer(request, taking, handler), dialect))
        }
        guard dialect == .prometheus else { return }
        // What a browser asks before a page of another origin may call; it comes without credentials and learns nothing but the methods.
        router.on("OPTIONS", pattern, execution: .eventLoop) { guardian.admitting($0, to: ServerResponse(status: .noContent), dialect) }
    }

    /// The response with the request's `X-Opaque-Id`: Elasticsearch's way to find a request again in logs on both sides.
    static func echoingID(of request: ServerRequest, in response: ServerResponse) -> ServerResponse {
        guard let id = request.headers.first(name: "X-Opaque-Id") else { return response }
        var response = response
        response.headers.add(name: "X-Opaque-Id", value: id)
        return response
    }

    private func answer(_ request: ServerRequest, _ taking: Set<String>, _ handler: @Sendable (ServerRequest) async throws -> ServerResponse) async -> ServerResponse {
        if let refusal = Self.refusal(of: request, by: guardian, dialect) { return refusal }
        if let refusal = mediaRefusal(of: request, taking) { return refusal }
        do { return try await handler(request) } catch let error as PrometheusError { return error.response } catch let error as ElasticError { return error.response } catch let error
            as APIError
        { return error.response } catch let error as AlertmanagerError { return error.response } catch let error as QueryError {
            switch dialect {
            case .api: return error.apiError.response
            case .elasticsearch: return error.elasticError.response
            case .prometheus: return error.prometheusError.response
            case .alertmanager: return AlertmanagerError(.internalServerError, error.apiError.message).response
            }
        } catch {
            logger.error("a request failed", metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"])
            let sentence = "the request failed; the server's log says why"
            switch dialect {
            case .api: return APIError(.internal, sentence).response
            case .elasticsearch: return ElasticError(.internalServerError, "exception", sentence).response
            case .prometheus: return PrometheusError(.internal, sentence).response
            case .alertmanager: return AlertmanagerError(.internalServerError, sentence).response
            }
        }
    }

    /// The answer to a body of a type or coding that is not read here; nil when it is. Routes of the Prometheus and the Alertmanager API look at these themselves.
    private func mediaRefusal(of request: ServerRequest, _ taking: Set<String>) -> ServerResponse? {
        guard dialect == .api || dialect == .elasticsearch else { return nil }
        if let coding = request.headers.first(name: "Content-Encoding"), request.body.readableBytes > 0 {
            let sentence = "bodies with the Content-Encoding '\(coding)' are not read here; gzip is"
            return dialect == .api
                ? APIError(.unsupportedMediaType, sentence).response : ElasticError(.unsupportedMediaType, "illegal_argument_exception", sentence).response
        }
        guard let type = RequestMediaType.unsupported(request, others: taking) else { return nil }
        return dialect == .api
            ? APIError(.unsupportedMediaType, "bodies of type '\(type)' are not read", hint: "send application/json or application/x-ndjson").response
            : ElasticError(.notAcceptable, "media_type_header_exception", "Content-Type header [\(type)] is not supported").response
    }

    /// The answer to a request that may not pass; nil when it may.
    static func refusal(of request: ServerRequest, by guardian: RequestGuard, _ dialect: Dialect) -> ServerResponse? {
        switch (guardian.verdict(on: request, admitsForeignPages: dialect == .prometheus), dialect) {
        case (.allowed, _): return nil
        case (.unauthorized, .api):
            var response = APIError(.unauthorized, "missing or wrong credentials", hint: "send Authorization: Basic ... or ApiKey ...").response
            response.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"gatewatch\", charset=\"UTF-8\"")
            return response
        case (.unauthorized, .elasticsearch):
            return ElasticError(.unauthorized, "security_exception", "missing authentication credentials for REST request [\(request.uri)]").response
        case (.unauthorized, .prometheus): return PrometheusError(.unauthorized, "missing or wrong credentials").response
        case (.unauthorized, .alertmanager): return AlertmanagerError(.unauthorized, "missing or wrong credentials").response
        case (.forbidden(let reason), .alertmanager): return AlertmanagerError(.forbidden, reason).response
        case (.forbidden(let reason), .prometheus): return PrometheusError(.forbidden, reason).response
        case (.forbidden(let reason), .api): return APIError(.forbidden, reason).response
        case (.forbidden(let reason), .elasticsearch): return ElasticError(.forbidden, "security_exception", reason).response
        }
    }
}
