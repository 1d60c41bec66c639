internal import ByteCoding
internal import GatewayModel

/// An incident as the journal keeps it. Times are microseconds since 1970. Drawn in `docs/formats/incidents.md`.
enum IncidentJSON {
    static func encode(_ kept: KeptIncident) -> [UInt8] {
        var writer = JSONWriter(reserving: 1_024)
        let incident = kept.incident
        writer.object { object in
            object.member("number", kept.number)
            object.member("revision", kept.revision)
            object.member("title", incident.title)
            object.member("state", incident.state.rawValue)
            object.member("severity", incident.severity)
            object.member("started_at", incident.startedAt.microseconds)
            object.member("detected_at", incident.detectedAt.microseconds)
            if let time = incident.acknowledgedAt { object.member("acknowledged_at", time.microseconds) }
            if let time = incident.resolvedAt { object.member("resolved_at", time.microseconds) }
            if let assignee = incident.assignee { object.member("assignee", assignee) }
            object.member("is_marked", incident.isMarked)
            object.member("last_alert_at", kept.lastAlertAt.microseconds)
            object.array("alerts") { array in for labels in incident.alerts { write(labels, to: &array) } }
            object.array("firing") { array in for fingerprint in kept.firing.sorted() { array.value(fingerprint.description) } }
            object.array("timeline") { array in for event in incident.timeline { write(event, to: &array) } }
        }
        return writer.bytes
    }

    private static func write(_ labels: SeriesLabels, to writer: inout JSONWriter) {
        writer.object { object in for label in labels.labels { object.member(label.name, label.value) } }
    }

    private static func write(_ event: IncidentEvent, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("at", event.at.microseconds)
            object.member("kind", event.kind.rawValue)
            object.member("author", event.author)
            object.member("text", event.text)
        }
    }

    // MARK: Reading

    /// - Returns: nil when it is no incident.
    static func decode(_ bytes: [UInt8]) -> KeptIncident? {
        guard let json = try? JSONValue.parse(String(decoding: bytes, as: UTF8.self)), let number = json["number"]?.integer, let revision = json["revision"]?.integer,
            let title = json["title"]?.string, let state = json["state"]?.string.flatMap({ Incident.State(rawValue: $0) }), let severity = json["severity"]?.string,
            let started = time(json["started_at"]), let detected = time(json["detected_at"]), let last = time(json["last_alert_at"]), let alerts = json["alerts"]?.elements,
            let firing = json["firing"]?.elements, let timeline = json["timeline"]?.elements
        else { return nil }
        var incident = Incident(
            id: KeptIncident.id(Int(number)), title: title, state: state, severity: severity, startedAt: started, detectedAt: detected, alerts: alerts.compactMap(labels),
            timeline: timeline.compactMap(event))
        incident.acknowledgedAt = time(json["acknowledged_at"])
        incident.resolvedAt = time(json["resolved_at"])
        incident.assignee = json["assignee"]?.string
        incident.isMarked = json["is_marked"]?.bool ?? false
        return KeptIncident(
            number: Int(number), revision: Int(revision), incident: incident, firing: Set(firing.compactMap { $0.string.flatMap(AlertFingerprint.init) }), lastAlertAt: last)
    }

    private static func time(_ json: JSONValue?) -> Timestamp? { json?.integer.map { Timestamp(microseconds: $0) } }

    private static func labels(_ json: JSONValue) -> SeriesLabels? {
        json.members.map { members in SeriesLabels(members.compactMap { member in member.value.string.map { SeriesLabel(member.name, $0) } }) }
    }

    private static func event(_ json: JSONValue) -> IncidentEvent? {
        guard let at = time(json["at"]), let kind = json["kind"]?.string.flatMap({ IncidentEvent.Kind(rawValue: $0) }) else { return nil }
        return IncidentEvent(at: at, kind: kind, author: json["author"]?.string ?? "", text: json["text"]?.string ?? "")
    }
}
