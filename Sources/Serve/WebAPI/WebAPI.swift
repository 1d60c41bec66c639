internal import GatewayModel
package import HTTPTransport
package import Ingest
internal import NIOHTTP1

/// The routes of the whole server: page, own API, ingest, Elasticsearch door, Prometheus API, health and metrics.
package enum WebAPI {
    package static func router(_ services: WebServices) -> Router {
        var router = Router()
        let add = RouteAdder(guardian: services.guardian, logger: services.logger, dialect: .api)
        QueryRoutes(services: services).addRoutes(to: &router, add)
        PanelRoutes(services: services).addRoutes(to: &router, add)
        ChangeRoutes(services: services).addRoutes(to: &router, add)
        AnnotationRoutes(services: services).addRoutes(to: &router, add)
        GrafanaAnnotationRoutes(services: services).addRoutes(to: &router, add)
        LinkRoutes(services: services).addRoutes(to: &router, add)
        SnapshotRoutes(services: services).addRoutes(to: &router, add)
        RecordRoutes(services: services).addRoutes(to: &router, add)
        IngestRoutes(services: services).addRoutes(to: &router, add)
        StatusRoutes(services: services).addRoutes(to: &router, add)
        CompletenessRoutes(services: services).addRoutes(to: &router, add)
        SystemZRoutes(services: services).addRoutes(to: &router, add)
        LiveRoute(services: services).addRoutes(to: &router, add)
        ObjectiveRoutes(services: services).addRoutes(to: &router, add)
        ChartRoute(charts: services.alerts.charts, guardian: services.guardian).addRoutes(to: &router)
        LintRoutes(services: services).addRoutes(to: &router, add)
        BacktestRoutes(services: services).addRoutes(to: &router, add)
        PrometheusRoutes(services: services).addRoutes(to: &router)
        AlertmanagerRoutes(services: services).addRoutes(to: &router)
        AlertWebhookRoute(services: services).addRoutes(to: &router, add)
        RunbookRoutes(services: services).addRoutes(to: &router, add)
        DeliveryRoutes(services: services).addRoutes(to: &router, add)
        IncidentRoutes(services: services).addRoutes(to: &router, add)
        CapacityRoute(services: services).addRoutes(to: &router, add)
        ReportRoute(services: services).addRoutes(to: &router, add)
        DashboardRoutes(services: services).addRoutes(to: &router, add)
        DashboardChangeRoutes(services: services).addRoutes(to: &router, add)
        PageRoutes(services: services).addRoutes(to: &router)
        ElasticDoor(services: services).addRoutes(to: &router)
        router.notFound = { request in
            if let refusal = RouteAdder.refusal(of: request, by: services.guardian, dialect(of: request)) { return refusal }
            if dialect(of: request) == .api { return APIError(.notFound, "there is nothing at \(request.path)").response }
            return RouteAdder.echoingID(of: request, in: ElasticDoor.noHandler(request))
        }
        router.methodNotAllowed = { request, allowed in
            if let refusal = RouteAdder.refusal(of: request, by: services.guardian, dialect(of: request)) { return refusal }
            if dialect(of: request) == .api {
                return APIError(.methodNotAllowed, "\(request.path) takes \(allowed.joined(separator: ", ")), not \(request.method)").response
            }
            return RouteAdder.echoingID(of: request, in: ElasticDoor.methodNotAllowed(request, allowed))
        }
        return router
    }

    /// ``renderFailure(_:)`` that counts what was on its way to a door in the ledger.
    package static func failureRenderer(_ ledger: CompletenessLedger) -> @Sendable (TransportFailure) -> ServerResponse {
        { failure in
            if let (reason, source) = lostDocuments(failure) { ledger.refuse(reason, source: source, bytes: failure.declaredBytes ?? 0) }
            return renderFailure(failure)
        }
    }

    /// Where a refused request was going with documents, by its path; nil when it was about something else.
    private static func lostDocuments(_ failure: TransportFailure) -> (RefusalReason, LedgerSource)? {
        guard let path = failure.uri?.prefix(while: { $0 != "?" }) else { return nil }
        let reason: RefusalReason =
            switch failure.reason {
            case .bodyTooLarge: .tooLarge
            case .bodyMemory, .connections, .pipelineDepth: .overloaded
            case .badRequest, .badCoding, .headerTimeout, .bodyTimeout, .lengthRequired, .unsupportedCoding, .expectationFailed, .headerTooLarge, .unsupportedTransfer:
                .unreadable
            }
        let components = path.split(separator: "/")
        if components.first == "ingest", components.count == 2, let door = IngestDoor(named: String(components[1])) { return (reason, LedgerSource(door, kind: nil)) }
        let isDocument = components.count >= 2 && ["_doc", "_create"].contains(components[1])
        guard components.last == "_bulk" || isDocument else { return nil }
        return (reason, LedgerSource(.elasticsearch, kind: nil))
    }

    /// The body of an error that arose before any route was reached, in the dialect of the path.
    package static func renderFailure(_ failure: TransportFailure) -> ServerResponse {
        if let uri = failure.uri, isOwn(uri) {
            let code: APIError.Code =
                switch failure.status {
                case .payloadTooLarge: .tooLarge
                case .unsupportedMediaType: .unsupportedMediaType
                case .tooManyRequests: .overloaded
                default: .invalidRequest
                }
            var response = APIError(code, failure.sentence).response
            response.status = failure.status
            return response
        }
        let type = failure.status == .tooManyRequests ? "es_rejected_execution_exception" : "illegal_argument_exception"
        return ElasticError(failure.status, type, failure.sentence).response
    }

    private static func dialect(of request: ServerRequest) -> RouteAdder.Dialect { isOwn(request.path) ? .api : .elasticsearch }

    private static func isOwn(_ path: String) -> Bool { path.hasPrefix("/api/") || path.hasPrefix("/ingest") }
}
