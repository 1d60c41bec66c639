@testable import AlertDelivery
import AlertRouting
import ByteCoding
import ConfigurationText
import GatewayModel
import KeepTestSupport
import Synchronization
import Testing

/// Notes requests, and answers by the URL and the number of requests there.
private final class TransportDouble: DeliveryTransport {
    private let requests = Mutex<[String: [[UInt8]]]>([:])
    private let answer: @Sendable (String, Int) -> Result<DeliveryAnswer, DeliveryFailure>

    init(_ answer: @escaping @Sendable (String, Int) -> Result<DeliveryAnswer, DeliveryFailure>) { self.answer = answer }

    func bodies(_ url: String) -> [[UInt8]] { requests.withLock { $0[url] ?? [] } }
    func send(_ mail: MailEnvelope) async throws(DeliveryFailure) -> MailReceipt { throw DeliveryFailure("no mail", isRetryable: false) }

    func send(_ request: DeliveryRequest) async throws(DeliveryFailure) -> DeliveryAnswer {
        let number = requests.withLock { requests in
            requests[request.url, default: []].append(request.body)
            return requests[request.url]?.count ?? 0
        }
        return try answer(request.url, number).get()
    }
}

private func alert(_ name: String, endsAt: Double = 240) -> Alert {
    Alert(labels: SeriesLabels([SeriesLabel("alertname", name)]), startsAt: TestClock.start, endsAt: TestClock.start.adding(endsAt), generatorURL: "http://gw/graph")
}

private func names(_ body: [UInt8]) -> [String] {
    (body.withUnsafeBytes { try? JSONValue.parse($0) }?.elements ?? []).compactMap { $0["labels"]?["alertname"]?.string }
}

private func handOver(_ handover: AlertmanagerHandover, _ alerts: [Alert], until isDone: @escaping @Sendable () -> Bool) async {
    await handover.receive(alerts)
    await withTaskGroup(of: Void.self) { group in
        group.addTask { await handover.run() }
        while !isDone() { await Task.yield() }
        handover.stop()
        await group.waitForAll()
    }
}

struct HandoverTests {
    private let one = AlertmanagerTarget(address: "http://am-1:9093"), two = AlertmanagerTarget(address: "http://am-2:9093/prefix")

    @Test func everyAlertmanagerGetsEverything() async {
        let transport = TransportDouble { _, _ in .success(DeliveryAnswer(status: 200)) }
        let handover = AlertmanagerHandover([one, two], transport: transport, clock: LeapingClock())
        await handOver(handover, (0..<600).map { alert("A\($0)") }) { handover.status.allSatisfy { $0.sent == 600 } }
        for url in [one.url, "http://am-2:9093/prefix/api/v2/alerts"] {
            let batches = transport.bodies(url).map(names)
            #expect(batches.map(\.count) == [256, 256, 88])
            #expect(Set(batches.joined()).count == 600)
        }
    }

    @Test func anAlertmanagerThatIsAwayHearsTheNewestStateWhenItIsBack() async throws {
        let transport = TransportDouble { url, number in number <= 4 && url.contains("am-1") ? .failure(DeliveryFailure("refused", isRetryable: true)) : .success(DeliveryAnswer(status: 200)) }
        let events = EventLog<AlertmanagerHandover.Event>()
        let handover = AlertmanagerHandover([one, two], transport: transport, clock: LeapingClock(), jitter: { 1 }, onEvent: { events.note($0) })
        await handover.receive([alert("A"), alert("B")])
        await handOver(handover, [alert("A", endsAt: 0)]) { handover.status.allSatisfy { $0.sent == 2 } }
        let bodies = transport.bodies(one.url)
        #expect(bodies.count == 5)
        let last = try #require(bodies.last?.withUnsafeBytes { try? JSONValue.parse($0) })
        #expect(last.elements?.first?["endsAt"]?.string == "2026-03-05T12:00:00Z")
        #expect(last.elements?.first?["startsAt"]?.string == "2026-03-05T12:00:00Z")
        #expect(transport.bodies(two.url).count == 1)
        #expect(events.all == [.unreachable(address: one.address, error: "refused"), .reachable(address: one.address)])
        #expect(handover.status.first?.failedRequests == 4)
    }

    @Test func whatIsRefusedIsNotSentAgain() async {
        let transport = TransportDouble { _, number in .success(DeliveryAnswer(status: number == 1 ? 400 : 200, body: Array("bad".utf8))) }
        let handover = AlertmanagerHandover([one], transport: transport, clock: LeapingClock())
        await handOver(handover, [alert("A")]) { handover.status[0].dropped == 1 }
        #expect(transport.bodies(one.url).count == 1)
        #expect(handover.status[0].lastError == "the receiver answered 400: bad")
    }

    @Test func aFullQueueDropsTheOldest() {
        var queue = HandoverQueue()
        #expect(queue.add((0..<HandoverQueue.alertsMax).map { alert("A\($0)") }) == 0)
        #expect(queue.add([alert("A5"), alert("new 1"), alert("new 2")]) == 2)
        #expect(queue.count == HandoverQueue.alertsMax)
        let first = queue.take()
        #expect(first.first?.name == "A2")
        #expect(first.count == 256)
        #expect(queue.putBack(first) == 0)
        #expect(queue.take().first?.name == "A2")
    }
}

struct AlertmanagerTargetTests {
    @Test(arguments: [
        ("am-1:9093", "http://am-1:9093/api/v2/alerts"), ("https://am.example/prefix/", "https://am.example/prefix/api/v2/alerts"), ("http://[::1]:9093", "http://[::1]:9093/api/v2/alerts"),
    ])
    func addressesOfSettings(text: String, url: String) throws { #expect(try AlertmanagerTarget.read(text).url == url) }

    @Test func passwordsDoNotStayInTheAddress() throws {
        let target = try AlertmanagerTarget.read("https://u:secret@am.example")
        #expect(target.address == "https://am.example")
        #expect(target.access.authorization == .basic(username: "u", password: .text("secret")))
    }

    @Test(arguments: ["", "ftp://am:9093", "http://", "http://am:9093?x=1"]) func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: ConfigurationFault.self) { try AlertmanagerTarget.read(text) }
    }

    @Test func theSectionOfAPrometheusFileIsRead() throws {
        let yaml = """
            global: {scrape_interval: 15s}
            alerting:
              alertmanagers:
              - scheme: https
                path_prefix: /am/
                timeout: 3s
                api_version: v2
                basic_auth: {username: u, password: p}
                static_configs:
                - targets: ['am-1:9093', 'am-2:9093']
              - static_configs:
                - targets: [localhost:9093]
            rule_files: [x.yml]
            """
        let targets = try AlertmanagerTarget.read(prometheus: yaml, folder: "/etc")
        #expect(targets.map(\.url) == ["https://am-1:9093/am/api/v2/alerts", "https://am-2:9093/am/api/v2/alerts", "http://localhost:9093/api/v2/alerts"])
        #expect(targets[0].timeoutSeconds == 3)
        #expect(targets[0].access.authorization == .basic(username: "u", password: .text("p")))
        #expect(targets[2].timeoutSeconds == 10)
        #expect(try AlertmanagerTarget.read(prometheus: "scrape_configs: []", folder: "/").isEmpty)
    }

    @Test(arguments: [
        ("alerting: {alert_relabel_configs: [{action: drop}]}", 1), ("alerting:\n  alertmanagers:\n  - kubernetes_sd_configs: []", 3), ("alerting:\n  alertmanagers:\n  - api_version: v1", 3),
        ("alerting:\n  alertmanagers:\n  - static_config: []", 3), ("alerting:\n  alertmanagers:\n  - scheme: tcp", 3),
    ])
    func whatIsNotThereIsNamedWithItsPlace(yaml: String, line: Int) {
        let fault = #expect(throws: ConfigurationFault.self) { try AlertmanagerTarget.read(prometheus: yaml, folder: "/") }
        #expect(fault?.line == line)
    }
}
