package import AlertRouting
package import GatewayModel
internal import Synchronization

/// Pictures of alerts by their fingerprints, for the address that messages carry: remembers the alerts that came by, and the pictures that were made last.
package final class AlertCharts: AlertSink {
    /// Alerts that are remembered; beyond it those go that were not heard of for longest. Each has some hundred bytes of labels and expression.
    package static let alertsMax = 5_000
    /// Pictures that are kept, of some 25 kB each: a chat fetches one once for all its users, or each user's program does.
    package static let picturesMax = 64

    private struct Asked: Hashable {
        var fingerprint: AlertFingerprint
        var second: Int64
    }

    private struct State {
        var alerts: [AlertFingerprint: (alert: Alert, heard: Int)] = [:]
        /// Counts what was heard.
        var heard = 0
        var pictures: [Asked: [UInt8]] = [:]
        var order: [Asked] = []
    }

    /// Of the addresses that may be fetched without credentials.
    package let signature: ChartSignature
    private let maker: any ChartMaker
    private let zone: @Sendable () -> TimeZoneName
    private let state = Mutex(State())

    /// - Parameter zone: in which times are told.
    package init(maker: any ChartMaker, signature: ChartSignature = .process, zone: @escaping @Sendable () -> TimeZoneName) {
        (self.maker, self.signature, self.zone) = (maker, signature, zone)
    }

    package func receive(_ alerts: [Alert]) async {
        state.withLock { state in
            for alert in alerts where alert.evidence != nil {
                state.heard += 1
                state.alerts[alert.fingerprint] = (alert, state.heard)
            }
            guard state.alerts.count > Self.alertsMax else { return }
            // Some more than needed, so that not every alert has to look for the oldest.
            let oldest = state.alerts.sorted { $0.value.heard < $1.value.heard }.prefix(state.alerts.count - Self.alertsMax * 9 / 10)
            for (fingerprint, _) in oldest { state.alerts[fingerprint] = nil }
        }
    }

    /// The picture of an alert as of a time; nil when the alert is not known, or when its values are not there.
    package func picture(of fingerprint: AlertFingerprint, at time: Timestamp) async -> [UInt8]? {
        let asked = Asked(fingerprint: fingerprint, second: time.microseconds / Timestamp.microsecondsPerSecond)
        let (alert, known) = state.withLock { ($0.alerts[fingerprint]?.alert, $0.pictures[asked]) }
        if let known { return known }
        guard let alert, let picture = await maker.chart(of: alert, zone: zone(), now: time) else { return nil }
        state.withLock { state in
            if state.pictures.updateValue(picture, forKey: asked) == nil { state.order.append(asked) }
            if state.order.count > Self.picturesMax { state.pictures[state.order.removeFirst()] = nil }
        }
        return picture
    }
}
