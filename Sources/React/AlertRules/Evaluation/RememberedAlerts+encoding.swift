internal import ByteCoding
internal import DurableFiles
internal import GatewayModel

/// The file of remembered alerts: one JSON object.
///
/// Drawn in `docs/formats/firing-alerts.md`.
extension RememberedAlerts {
    private static let version: Int64 = 1

    static func encoded(_ groups: [RuleGroupKey: Alerts], _ time: Int64) -> [UInt8] {
        var writer = JSONWriter(reserving: 4_096)
        writer.object { file in
            file.member("version", version)
            file.member("written_at", time)
            file.array("rules") { rules in
                for (_, alerts) in groups.sorted(by: { $0.key < $1.key }) {
                    for (key, remembered) in alerts.sorted(by: { ($0.key.identity, $0.key.occurrence) < ($1.key.identity, $1.key.occurrence) }) {
                        rules.object { rule in
                            rule.member("file", key.file)
                            rule.member("group", key.group)
                            rule.member("rule", key.identity)
                            rule.member("occurrence", key.occurrence)
                            rule.array("alerts") { array in for alert in remembered { array.object { write(alert, to: &$0) } } }
                        }
                    }
                }
            }
        }
        return writer.bytes
    }

    private static func write(_ alert: ActiveAlert, to object: inout JSONWriter) {
        object.object("labels") { for label in alert.labels.labels { $0.member(label.name, label.value) } }
        object.object("annotations") { for label in alert.annotations.labels { $0.member(label.name, label.value) } }
        object.member("state", alert.state.rawValue)
        // As text, since JSON knows neither NaN nor infinity.
        object.member("value", "\(alert.value)")
        object.member("active_at", alert.activeAt)
        for (name, time) in [
            ("fired_at", alert.firedAt), ("resolved_at", alert.resolvedAt), ("keep_firing_since", alert.keepFiringSince), ("last_sent_at", alert.lastSentAt),
            ("valid_until", alert.validUntil),
        ] {
            if let time { object.member(name, time) }
        }
    }

    /// What a file holds; nothing when there is none, or with the reason when it cannot be read.
    static func read(_ path: String, _ files: any FileLayer) -> (alerts: Alerts, writtenAt: Int64?, failure: String?) {
        do {
            guard let image = try files.image(path) else { return ([:], nil, nil) }
            guard image.count <= bytesMax else { return ([:], nil, "\(path) has more than \(bytesMax) bytes") }
            let text = unsafe image.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
            let root = try JSONValue.parse(text)
            guard root["version"]?.integer == version, let rules = root["rules"]?.elements else { return ([:], nil, "\(path) is not of version \(version)") }
            var alerts: Alerts = [:]
            for rule in rules {
                guard let file = rule["file"]?.string, let group = rule["group"]?.string, let identity = rule["rule"]?.string,
                    let occurrence = rule["occurrence"]?.integer.flatMap(Int.init(exactly:))
                else { continue }
                let key = RuleKey(file: file, group: group, identity: identity, occurrence: occurrence)
                alerts[key] = (rule["alerts"]?.elements ?? []).compactMap(alert)
            }
            return (alerts, root["written_at"]?.integer, nil)
        } catch { return ([:], nil, "\(path): \(error)") }
    }

    private static func alert(_ entry: JSONValue) -> ActiveAlert? {
        guard let state = entry["state"]?.string.flatMap(ActiveAlert.State.init(rawValue:)), state != .pending, let activeAt = entry["active_at"]?.integer,
            let value = entry["value"]?.string.flatMap(Double.init)
        else { return nil }
        func labels(_ name: String) -> [SeriesLabel] { (entry[name]?.members ?? []).compactMap { member in member.value.string.map { SeriesLabel(member.name, $0) } } }
        var alert = ActiveAlert(
            labels: SeriesLabels(labels("labels")), annotations: SeriesLabels(sorted: labels("annotations")), state: state, value: value, activeAt: activeAt)
        alert.firedAt = entry["fired_at"]?.integer
        alert.resolvedAt = entry["resolved_at"]?.integer
        alert.keepFiringSince = entry["keep_firing_since"]?.integer
        alert.lastSentAt = entry["last_sent_at"]?.integer
        alert.validUntil = entry["valid_until"]?.integer
        return alert
    }
}

extension RuleGroupState {
    /// What is to be remembered of the group over a restart.
    func remembered(_ key: RuleGroupKey) -> RememberedAlerts.Alerts {
        var alerts: RememberedAlerts.Alerts = [:]
        var occurrences: [String: Int] = [:]
        for rule in rules {
            let occurrence = occurrences[rule.identity, default: 0]
            occurrences[rule.identity] = occurrence + 1
            guard let told = rule.alerting?.told, !told.isEmpty else { continue }
            alerts[RememberedAlerts.RuleKey(file: key.file, group: key.group, identity: rule.identity, occurrence: occurrence)] = told
        }
        return alerts
    }

    /// Takes back what was remembered, at the start.
    ///
    /// - Parameter heldUntil: until when alerts go on firing whose condition is not found.
    mutating func restore(_ remembered: RememberedAlerts.Alerts, _ key: RuleGroupKey, heldUntil: Int64) {
        var occurrences: [String: Int] = [:]
        for index in rules.indices {
            let identity = rules[index].identity
            let occurrence = occurrences[identity, default: 0]
            occurrences[identity] = occurrence + 1
            let known = remembered[RememberedAlerts.RuleKey(file: key.file, group: key.group, identity: identity, occurrence: occurrence)] ?? []
            for alert in known { rules[index].alerting?.restore(alert, heldUntil: heldUntil) }
        }
    }
}

extension AlertingState {
    /// What people were told of, ascending by labels: alerts that fire or were resolved, and those that flap as they were told.
    var told: [ActiveAlert] {
        let shown = active.values.filter { $0.state != .pending && held[$0.labels] == nil } + held.values.map(\.alert)
        return shown.sorted { $0.labels < $1.labels }
    }
}
