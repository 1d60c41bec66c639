package import AlertRouting
package import GatewayModel
internal import Synchronization

/// Brings messages to receivers: renders them as their settings say, hands them to the transport, and judges the answer.
package final class ReceiverSender: MessageSender {
    /// How long a message waits for what is found out about its alerts, in milliseconds: it must not come late because of it.
    private static let aidMilliseconds: Int64 = 1_000
    /// Alerts of a message that something is found out about: as many as are told one by one.
    private static let aidedMax = 4

    private let configuration: Mutex<DeliveryConfiguration>
    private let transport: any DeliveryTransport
    private let clock: any DeliveryClock
    private let causes: (any CauseFinder)?
    private let charts: (any ChartMaker)?

    package init(
        _ configuration: DeliveryConfiguration, transport: any DeliveryTransport, clock: any DeliveryClock, causes: (any CauseFinder)? = nil, charts: (any ChartMaker)? = nil
    ) {
        self.configuration = Mutex(configuration)
        (self.transport, self.clock, self.causes, self.charts) = (transport, clock, causes, charts)
    }

    /// What is in force.
    package var current: DeliveryConfiguration { configuration.withLock { $0 } }

    /// Messages that are sent from now on go by this configuration, those that wait too.
    package func replace(_ configuration: DeliveryConfiguration) { self.configuration.withLock { $0 = configuration } }

    package func traits(_ integration: IntegrationKey) -> IntegrationTraits {
        let current = current
        guard let settings = current.integration(integration)?.settings else { return IntegrationTraits(rate: .other, recognisesRepetitions: true) }
        var traits = settings.traits
        if let limit = current.receiver(integration.receiver)?.rateLimit {
            traits.rate = DeliveryRate(perSecond: Double(limit.messages) * 1_000 / Double(max(1, limit.interval)), burst: Double(max(1, limit.messages)))
        }
        return traits
    }

    // MARK: One attempt

    package func send(_ message: OutgoingMessage) async -> DeliveryOutcome {
        let current = current
        guard let settings = current.integration(IntegrationKey(message.notification.key))?.settings else {
            return .giveUp("the configuration no longer has this receiver")
        }
        let context = await context(message.notification, current, wantsCharts: settings.kind == .email)
        do throws(DeliveryFailure) {
            switch try Self.render(message, settings, context) {
            case .mail(let mail):
                let refused = try await transport.send(mail).refused
                guard !refused.isEmpty else { return .delivered }
                let reasons = refused.map { "\($0.recipient): \($0.reason)" }.joined(separator: "; ")
                return .deliveredExcept("refused by the mail server: " + reasons.truncated(500))
            case .http(let request): return try await post(request, message, settings, context)
            }
        } catch { return RetryTable.outcome(of: error) }
    }

    /// What would be sent, with its secrets.
    package func preview(_ message: OutgoingMessage) async throws(DeliveryFailure) -> RenderedMessage {
        let current = current
        guard let settings = current.integration(IntegrationKey(message.notification.key))?.settings else {
            throw DeliveryFailure("there is no such receiver", isRetryable: false)
        }
        return try Self.render(message, settings, await context(message.notification, current, wantsCharts: settings.kind == .email))
    }

    private func post(
        _ request: DeliveryRequest, _ message: OutgoingMessage, _ settings: IntegrationSettings, _ context: EmailContext
    ) async throws(DeliveryFailure) -> DeliveryOutcome {
        let answer = try await transport.send(request)
        if case .slack(let slack) = settings, SlackMessage.isMalformed(answer) {
            // The alert is worth more than its looks.
            let plain = try await transport.send(try SlackMessage.renderPlain(message, slack, context))
            return SlackMessage.judge(plain, at: clock.now())
        }
        return Self.judge(answer, settings, at: clock.now())
    }

    private static func render(_ message: OutgoingMessage, _ settings: IntegrationSettings, _ context: EmailContext) throws(DeliveryFailure) -> RenderedMessage {
        switch settings {
        case .webhook(let settings): .http(try AlertmanagerWebhook.render(message.notification, settings, context))
        case .standardWebhook(let settings): .http(try StandardWebhook.render(message.notification, settings, context))
        case .email(let settings): .mail(try EmailMessage.build(message.notification, settings, context))
        case .pagerDuty(let settings): .http(try PagerDutyEvent.render(message.notification, settings, context))
        case .slack(let settings): .http(try SlackMessage.render(message, settings, context))
        case .teamsConnector(let settings): .http(try TeamsMessage.renderConnector(message, settings, context))
        case .teamsWorkflow(let settings): .http(try TeamsMessage.renderWorkflow(message, settings, context))
        }
    }

    /// The rows of the retry table that only one channel has, then the table.
    private static func judge(_ answer: DeliveryAnswer, _ settings: IntegrationSettings, at time: Timestamp) -> DeliveryOutcome {
        switch settings {
        case .slack: SlackMessage.judge(answer, at: time)
        case .pagerDuty: PagerDutyEvent.judge(answer, at: time)
        case .teamsConnector, .teamsWorkflow: TeamsMessage.judge(answer, at: time)
        case .webhook, .standardWebhook, .email: RetryTable.outcome(of: answer, at: time)
        }
    }

    // MARK: What is found out

    private func context(_ notification: Notification, _ current: DeliveryConfiguration, wantsCharts: Bool) async -> EmailContext {
        let now = clock.now()
        var context = EmailContext(
            links: AlertLinks(externalURL: current.externalURL, signature: current.chartSignature), zone: current.zone, now: now, host: current.host,
            expand: current.templates.expansion(notification, externalURL: current.externalURL, now: now))
        guard notification.reason != .test else { return context }
        let alerts = notification.alerts.filter { !$0.isResolved }.prefix(Self.aidedMax).map(\.alert)
        async let found = aids(alerts) { [causes] alert in await causes?.cause(of: alert, now: now) }
        async let drawn = aids(wantsCharts ? alerts : []) { [charts] alert in await charts?.chart(of: alert, zone: current.zone, now: now) }
        (context.causes, context.charts) = (await found, await drawn)
        return context
    }

    /// What is there in time of what `body` finds for each alert.
    private func aids<Aid: Sendable>(_ alerts: [Alert], _ body: @escaping @Sendable (Alert) async -> Aid?) async -> [AlertFingerprint: Aid] {
        guard !alerts.isEmpty else { return [:] }
        return await withTaskGroup(of: Optional<(AlertFingerprint, Aid?)>.self) { group in
            for alert in alerts { group.addTask { (alert.fingerprint, await body(alert)) } }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(Self.aidMilliseconds))
                return nil
            }
            var all: [AlertFingerprint: Aid] = [:]
            var left = alerts.count
            while left > 0, let result = await group.next(), let (fingerprint, aid) = result {
                left -= 1
                if let aid { all[fingerprint] = aid }
            }
            group.cancelAll()
            return all
        }
    }
}
