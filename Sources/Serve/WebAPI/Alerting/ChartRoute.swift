internal import AlertDelivery
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// `GET /api/v1/alerting/chart.png?fingerprint=&at=&signature=`: the values behind an alert as a picture, for messages and pages.
///
/// Chat programs fetch it without credentials: the address that a message carries is signed, and shows this alert at this time and nothing else.
struct ChartRoute: Sendable {
    let charts: AlertCharts?
    let guardian: RequestGuard

    func addRoutes(to router: inout Router) {
        router.on(["GET"], "/api/v1/alerting/chart.png") { request in await answer(request) }
    }

    private func answer(_ request: ServerRequest) async -> ServerResponse {
        let fingerprint = request.query("fingerprint").flatMap { AlertFingerprint($0) }
        let time = Self.time(request.query("at"))
        if let signature = request.query("signature"), let fingerprint, case .some(let time?) = time, let charts,
            charts.signature.isValid(signature, fingerprint, at: time)
        {
            return await picture(charts, fingerprint, time)
        }
        if let refusal = RouteAdder.refusal(of: request, by: guardian, .api) { return refusal }
        guard let charts else { return APIError(.notFound, "alerting is switched off").response }
        guard let fingerprint else { return APIError(.invalidRequest, "fingerprint must be 16 hexadecimal digits", field: "fingerprint").response }
        guard let time else { return APIError(.invalidTime, "at must be seconds since 1970", field: "at").response }
        return await picture(charts, fingerprint, time ?? .now())
    }

    private func picture(_ charts: AlertCharts, _ fingerprint: AlertFingerprint, _ time: Timestamp) async -> ServerResponse {
        guard let picture = await charts.picture(of: fingerprint, at: time) else {
            return APIError(.notFound, "there is no alert \(fingerprint), or it has no values at that time").response
        }
        return ServerResponse(headers: ["Content-Type": "image/png", "Cache-Control": "private, max-age=60"], body: .bytes(picture))
    }

    /// nil for what is no time; `.some(nil)` for none.
    private static func time(_ text: String?) -> Timestamp?? {
        guard let text, !text.isEmpty else { return .some(nil) }
        // The years 1 to 9999.
        guard let seconds = Int64(text), (0...253_402_300_799).contains(seconds) else { return nil }
        return Timestamp(microseconds: seconds * Timestamp.microsecondsPerSecond)
    }
}
