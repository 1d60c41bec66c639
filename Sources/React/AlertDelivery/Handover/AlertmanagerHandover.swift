internal import ByteCoding
package import GatewayModel
internal import Synchronization

/// Hands all alerts to Alertmanagers, each of which gets everything: they agree among themselves on who tells whom.
///
/// What an Alertmanager does not take because it is away is kept, the newest state of each alert, and told when it is back.
package final class AlertmanagerHandover: AlertSink {
    /// How an Alertmanager is doing.
    package struct Status: Sendable, Equatable {
        /// Without secrets.
        package var address: String
        /// Since the start of the program.
        package var sent = 0
        package var failedRequests = 0
        package var dropped = 0
        package var waiting = 0
        package var lastError: String?
    }

    /// What the program's log should say.
    package enum Event: Sendable, Equatable {
        case unreachable(address: String, error: String)
        case reachable(address: String)
        case refused(address: String, alerts: Int, error: String)
    }

    private final class Line: Sendable {
        struct State: Sendable {
            var queue = HandoverQueue()
            var status: Status
        }

        let target: AlertmanagerTarget
        let state: Mutex<State>
        let wake = WakeSignal()

        init(_ target: AlertmanagerTarget) {
            self.target = target
            state = Mutex(State(status: Status(address: target.address)))
        }
    }

    private let lines: [Line]
    private let transport: any DeliveryTransport
    private let clock: any DeliveryClock
    private let jitter: @Sendable () -> Double
    private let onEvent: @Sendable (Event) -> Void

    package init(
        _ targets: [AlertmanagerTarget], transport: any DeliveryTransport, clock: any DeliveryClock, jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        lines = targets.map { Line($0) }
        (self.transport, self.clock, self.jitter, self.onEvent) = (transport, clock, jitter, onEvent)
    }

    package var status: [Status] {
        lines.map { line in
            line.state.withLock { state in
                var status = state.status
                status.waiting = state.queue.count
                return status
            }
        }
    }

    package func receive(_ alerts: [Alert]) async {
        guard !alerts.isEmpty else { return }
        for line in lines {
            line.state.withLock { $0.status.dropped += $0.queue.add(alerts) }
            line.wake.signal()
        }
    }

    /// Hands over what waits, until ``stop()``; requests under way are ended first.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for line in lines { group.addTask { await self.serve(line) } }
            }
        } onCancel: {
            stop()
        }
    }

    package func stop() { for line in lines { line.wake.stop() } }

    private func serve(_ line: Line) async {
        var failures = 0
        while !line.wake.isStopped {
            let batch = line.state.withLock { $0.queue.take() }
            if batch.isEmpty {
                await line.wake.wait()
                continue
            }
            switch await post(batch, line.target) {
            case .delivered, .deliveredExcept:
                if failures > 0 { onEvent(.reachable(address: line.target.address)) }
                failures = 0
                line.state.withLock {
                    $0.status.sent += batch.count
                    $0.status.lastError = nil
                }
            case .retry(let refusal):
                failures += 1
                line.state.withLock {
                    $0.status.dropped += $0.queue.putBack(batch)
                    $0.status.failedRequests += 1
                    $0.status.lastError = refusal.message
                }
                if failures == 1 { onEvent(.unreachable(address: line.target.address, error: refusal.message)) }
                let seconds = max(refusal.afterSeconds ?? 0, RetryTable.backoffSeconds(failures: failures, jitter: jitter()))
                await rest(until: Timestamp(microseconds: clock.now().microseconds + Int64(seconds * 1e6)), line)
            case .giveUp(let error), .disable(let error):
                // It would refuse the same again; the alerts' next states are told in their turn.
                line.state.withLock {
                    $0.status.dropped += batch.count
                    $0.status.failedRequests += 1
                    $0.status.lastError = error
                }
                onEvent(.refused(address: line.target.address, alerts: batch.count, error: error))
            }
        }
    }

    /// Waits for a time; ends early when all is to end, and not because of new alerts.
    private func rest(until time: Timestamp, _ line: Line) async {
        await withDiscardingTaskGroup { group in
            let isOver = Mutex(false)
            group.addTask {
                try? await self.clock.sleep(until: time)
                isOver.withLock { $0 = true }
                line.wake.signal()
            }
            while !line.wake.isStopped, !isOver.withLock({ $0 }) { await line.wake.wait() }
            group.cancelAll()
        }
    }

    private func post(_ batch: [Alert], _ target: AlertmanagerTarget) async -> DeliveryOutcome {
        let request = DeliveryRequest(
            url: target.url, headers: [("Content-Type", "application/json")], body: Self.body(batch), access: target.access, timeoutSeconds: target.timeoutSeconds, addressee: .ownServer)
        do throws(DeliveryFailure) { return RetryTable.outcome(of: try await transport.send(request), at: clock.now()) } catch { return RetryTable.outcome(of: error) }
    }

    /// Alerts as Alertmanager's API takes them.
    ///
    /// Source: prometheus/alertmanager, `api/v2/openapi.yaml`, postableAlerts.
    static func body(_ alerts: [Alert]) -> [UInt8] {
        var writer = JSONWriter(reserving: alerts.count * 512)
        writer.array { array in
            for alert in alerts {
                array.object { object in
                    MessageJSON.write("labels", alert.labels, to: &object)
                    MessageJSON.write("annotations", alert.annotations, to: &object)
                    object.member("startsAt", MessageJSON.time(alert.startsAt))
                    object.member("endsAt", MessageJSON.time(alert.endsAt))
                    object.member("generatorURL", alert.generatorURL)
                }
            }
        }
        return writer.bytes
    }
}
