/// One alert: what a rule found, or what another Prometheus posted, on its way to people.
///
/// Source: Alertmanager's API v2 (`postableAlert`) and the alert generator specification 1.0.
package struct Alert: Sendable, Equatable {
    /// Identify the alert; `alertname` is among them, empty ones are not.
    package var labels: SeriesLabels
    /// Explain the alert; do not identify it. Sorted by name.
    package var annotations: SeriesLabels
    /// When it began to fire.
    package var startsAt: Timestamp
    /// From when on it counts as resolved, unless it is told again: in the future while it fires, the time of its end afterwards.
    package var endsAt: Timestamp
    /// Leads to the expression behind the alert; empty when nobody said.
    package var generatorURL: String
    /// What our own rules know beyond that; nil for alerts from elsewhere.
    package var evidence: AlertEvidence?

    package init(
        labels: SeriesLabels, annotations: SeriesLabels = .none, startsAt: Timestamp, endsAt: Timestamp, generatorURL: String = "", evidence: AlertEvidence? = nil
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
        self.evidence = evidence
    }

    package static let nameLabel = "alertname"
    package var name: String { labels[Self.nameLabel] ?? "" }
    package var fingerprint: AlertFingerprint { AlertFingerprint(labels) }
    package func isResolved(at time: Timestamp) -> Bool { endsAt <= time }
}

/// How bad it is: the numbers behind an alert.
package struct AlertEvidence: Sendable, Equatable {
    /// PromQL, as in the rule.
    package var expression: String
    /// The sample that made the alert, or kept it, last.
    package var value: Double
    /// The number that the expression compares with; nil when it does not end in a comparison with a number.
    package var threshold: AlertThreshold?
    /// `group` of the file and its path, for finding the rule again.
    package var group: String
    package var file: String
    /// When the condition was first true, which may be before the alert fired.
    package var activeAt: Timestamp

    package init(expression: String, value: Double, threshold: AlertThreshold?, group: String, file: String, activeAt: Timestamp) {
        self.expression = expression
        self.value = value
        self.threshold = threshold
        self.group = group
        self.file = file
        self.activeAt = activeAt
    }
}

/// The comparison at the end of an alert's expression: `... > 0.05`.
package struct AlertThreshold: Sendable, Equatable {
    package enum Comparison: String, Sendable {
        case greater = ">", greaterOrEqual = ">=", less = "<", lessOrEqual = "<=", equal = "==", notEqual = "!="
    }

    package var comparison: Comparison
    package var limit: Double

    package init(_ comparison: Comparison, _ limit: Double) {
        self.comparison = comparison
        self.limit = limit
    }
}

/// What identifies an alert: 64-bit FNV-1a over its sorted labels, as Prometheus and Alertmanager compute it.
///
/// Source: prometheus/common `model/signature.go`, labelSetToFingerprint: name, byte 255, value, byte 255 of each label in order.
package struct AlertFingerprint: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package init(_ labels: SeriesLabels) {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        for label in labels.labels {
            for byte in label.name.utf8 { add(byte) }
            add(255)
            for byte in label.value.utf8 { add(byte) }
            add(255)
        }
        value = hash
    }

    /// - Parameter text: 16 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { return nil }
        self.value = value
    }

    /// 16 hexadecimal digits.
    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func < (lhs: AlertFingerprint, rhs: AlertFingerprint) -> Bool { lhs.value < rhs.value }
}

/// Where alerts go: routing, incidents, other Alertmanagers.
package protocol AlertSink: Sendable {
    /// Takes alerts that fire, still fire, or are resolved, as a rule's evaluation found them. The same alert comes again and again; only what changed means anything.
    ///
    /// Returns soon: what takes longer happens elsewhere. Does not throw: what cannot be done is counted and told by the sink.
    func receive(_ alerts: [Alert]) async
}
