import AlertDelivery
import AlertRouting
import GatewayModel
import HTTPTransport
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import WebAPI

/// Draws the alert's name and the time instead of a picture, and counts how often.
private final class NameMaker: ChartMaker {
    let calls = Mutex(0)

    func chart(of alert: Alert, zone: TimeZoneName, now: Timestamp) async -> [UInt8]? {
        calls.withLock { $0 += 1 }
        return alert.name == "Unknown" ? nil : Array("\(alert.name) \(zone.name) \(now.microseconds / 1_000_000)".utf8)
    }
}

struct ChartRouteTests {
    private let maker = NameMaker()
    private let charts: AlertCharts
    private let router: Router

    init() {
        charts = AlertCharts(maker: maker, signature: ChartSignature()) { .utc }
        var router = Router()
        ChartRoute(charts: charts, guardian: RequestGuard(credentials: RequestGuard.Credentials(apiKeys: ["k"]))).addRoutes(to: &router)
        self.router = router
    }

    private static func alert(_ name: String) -> Alert {
        let now = Timestamp.now()
        return Alert(
            labels: SeriesLabels([SeriesLabel("alertname", name)]), startsAt: now, endsAt: now,
            evidence: AlertEvidence(expression: "up", value: 1, threshold: nil, group: "g", file: "f", activeAt: now))
    }

    private func get(_ query: String, key: String? = "k") async throws -> Answer {
        let headers = HTTPHeaders(key.map { [("Authorization", "ApiKey \($0)")] } ?? [])
        return Answer(await router.respond(to: try ServerRequest(method: "GET", uri: "/api/v1/alerting/chart.png?" + query, headers: headers, body: ByteBuffer())))
    }

    @Test func thePictureOfAKnownAlertIsAnswered() async throws {
        await charts.receive([Self.alert("HighErrorRate"), Self.alert("Unknown")])
        let answer = try await get("fingerprint=\(Self.alert("HighErrorRate").fingerprint)&at=1772726600")
        #expect(answer.status == 200 && answer.header("Content-Type") == "image/png" && answer.text == "HighErrorRate UTC 1772726600")
        _ = try await get("fingerprint=\(Self.alert("HighErrorRate").fingerprint)&at=1772726600")
        #expect(maker.calls.withLock { $0 } == 1)
        #expect(try await get("fingerprint=\(Self.alert("HighErrorRate").fingerprint)").status == 200)
        #expect(try await get("fingerprint=\(Self.alert("Unknown").fingerprint)").status == 404)
        #expect(try await get("fingerprint=\(Self.alert("Other").fingerprint)").status == 404)
    }

    @Test(arguments: ["", "fingerprint=x", "fingerprint=12345678901234567", "fingerprint=1234567890abcdef&at=x", "fingerprint=1234567890abcdef&at=-1", "fingerprint=1234567890abcdef&at=99999999999999999999"])
    func whatIsAskedWronglyIsSaid(_ query: String) async throws { #expect(try await get(query).status == 400) }

    @Test func withoutCredentialsOnlySignedAddressesAreAnswered() async throws {
        let alert = Self.alert("HighErrorRate"), time = Timestamp(microseconds: 1_772_726_600_000_000)
        await charts.receive([alert])
        let address = try #require(AlertLinks(externalURL: "https://gw.example", signature: charts.signature).chart(alert.fingerprint, at: time))
        let query = try #require(address.split(separator: "?").last.map(String.init))
        #expect(try await get(query, key: nil).text == "HighErrorRate UTC 1772726600")
        for wrong in [
            "fingerprint=\(alert.fingerprint)&at=1772726600", query.replacing("at=1772726600", with: "at=1772726601"), query.replacing("\(alert.fingerprint)", with: "0123456789abcdef"), query + "0",
            String(query.dropLast()), "fingerprint=\(alert.fingerprint)&at=1772726600&signature=", "fingerprint=\(alert.fingerprint)&signature=" + charts.signature.text(alert.fingerprint, at: time),
        ] { #expect(try await get(wrong, key: nil).status == 401) }
        #expect(AlertLinks(externalURL: "http://gw.example", signature: charts.signature).chart(alert.fingerprint, at: time) == nil)
        #expect(!ChartSignature().isValid(charts.signature.text(alert.fingerprint, at: time), alert.fingerprint, at: time))
    }

    @Test func alertsAreForgottenInTurn() async {
        await charts.receive([Self.alert("First")])
        await charts.receive((0..<AlertCharts.alertsMax).map { Self.alert("A\($0)") })
        #expect(await charts.picture(of: Self.alert("First").fingerprint, at: .now()) == nil)
        #expect(await charts.picture(of: Self.alert("A\(AlertCharts.alertsMax - 1)").fingerprint, at: .now()) != nil)
    }

    @Test func withoutAlertingThereIsNothing() async throws {
        var router = Router()
        ChartRoute(charts: nil, guardian: RequestGuard(credentials: RequestGuard.Credentials())).addRoutes(to: &router)
        let request = try ServerRequest(method: "GET", uri: "/api/v1/alerting/chart.png?fingerprint=1234567890abcdef&signature=x", headers: HTTPHeaders(), body: ByteBuffer())
        #expect(await router.respond(to: request).status == .notFound)
    }
}
