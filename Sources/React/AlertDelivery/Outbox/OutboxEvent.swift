internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// What happens to messages, as the journal keeps it: the outbox's state follows from these in order. Drawn in `docs/formats/outbox.md`.
enum OutboxEvent: Sendable, Equatable {
    /// A message came in; in a snapshot, one that waits, with what was tried so far.
    case queued(WaitingMessage)
    /// An attempt to deliver begins: from here on the receiver may have the message.
    case began(UInt64, at: Timestamp)
    /// An attempt failed and another will be made.
    case failed(UInt64, error: String, notBefore: Timestamp, mayHaveArrived: Bool)
    /// The message leaves the queue.
    case ended(UInt64, DeliveryStatus, at: Timestamp, error: String?)
    /// What counts as told about a group, and until when that is worth knowing; in a snapshot for every group.
    case notified(NotificationKey, NotifiedState, until: Timestamp)
    /// Of a snapshot: a line of the log of deliveries.
    case recorded(DeliveryRecord)

    func encode() -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.object { object in
            switch self {
            case .queued(let message): Self.write(message, to: &object)
            case .began(let sequence, let time):
                object.member("event", "began")
                object.member("sequence", sequence)
                object.member("at", time.microseconds)
            case .failed(let sequence, let error, let notBefore, let mayHaveArrived):
                object.member("event", "failed")
                object.member("sequence", sequence)
                object.member("error", error)
                object.member("not_before", notBefore.microseconds)
                object.member("may_have_arrived", mayHaveArrived)
            case .ended(let sequence, let status, let time, let error):
                object.member("event", "ended")
                object.member("sequence", sequence)
                object.member("status", status.rawValue)
                object.member("at", time.microseconds)
                if let error { object.member("error", error) }
            case .notified(let key, let state, let until): Self.write(key, state, until, to: &object)
            case .recorded(let record): Self.write(record, to: &object)
            }
        }
        return writer.bytes
    }

    private static func write(_ message: WaitingMessage, to object: inout JSONWriter) {
        object.member("event", "queued")
        object.member("sequence", message.sequence)
        object.member("not_before", message.notBefore.microseconds)
        object.member("attempts", message.attempts)
        object.member("uncertain_attempts", message.uncertainAttempts)
        if let begun = message.begunAt { object.member("begun_at", begun.microseconds) }
        if let first = message.firstBadAt { object.member("first_bad_at", first.microseconds) }
        if let error = message.lastError { object.member("error", error) }
        object.key("notification")
        NotificationJSON.write(message.notification, to: &object)
    }

    private static func write(_ key: NotificationKey, _ state: NotifiedState, _ until: Timestamp, to object: inout JSONWriter) {
        object.member("event", "notified")
        object.key("key")
        NotificationJSON.write(key, to: &object)
        object.array("firing") { array in for fingerprint in state.firing.sorted() { array.value(fingerprint.description) } }
        object.array("resolved") { array in for fingerprint in state.resolved.sorted() { array.value(fingerprint.description) } }
        object.member("at", state.at.microseconds)
        object.member("until", until.microseconds)
    }

    private static func write(_ record: DeliveryRecord, to object: inout JSONWriter) {
        object.member("event", "recorded")
        object.member("id", record.id)
        object.member("receiver", record.integration.receiver)
        object.member("integration", record.integration.kind)
        object.member("index", record.integration.index)
        object.member("group", record.group)
        object.member("reason", record.reason.rawValue)
        AlertJSON.write("group_labels", record.groupLabels, to: &object)
        object.array("alerts") { array in
            for alert in record.alerts {
                array.object {
                    AlertJSON.write("labels", alert.labels, to: &$0)
                    $0.member("resolved", alert.isResolved)
                }
            }
        }
        object.member("firing", record.firing)
        object.member("resolved", record.resolved)
        object.member("queued_at", record.queuedAt.microseconds)
        if let first = record.firstBadAt { object.member("first_bad_at", first.microseconds) }
        if let ended = record.endedAt { object.member("ended_at", ended.microseconds) }
        object.member("attempts", record.attempts)
        object.member("status", record.status.rawValue)
        if let error = record.lastError { object.member("error", error) }
    }
}

// MARK: Reading

extension OutboxEvent {
    /// nil when the bytes are no event that this version knows.
    init?(_ bytes: [UInt8]) {
        guard let json = unsafe try? bytes.withUnsafeBytes({ unsafe try JSONValue.parse($0) }), let event = json["event"]?.string else { return nil }
        let sequence = json["sequence"]?.integer.flatMap { UInt64(exactly: $0) }
        let time = AlertJSON.time(json["at"])
        switch event {
        case "queued":
            guard let sequence, let message = Self.message(sequence, json) else { return nil }
            self = .queued(message)
        case "began":
            guard let sequence, let time else { return nil }
            self = .began(sequence, at: time)
        case "failed":
            guard let sequence, let notBefore = AlertJSON.time(json["not_before"]) else { return nil }
            self = .failed(sequence, error: json["error"]?.string ?? "", notBefore: notBefore, mayHaveArrived: json["may_have_arrived"]?.bool ?? false)
        case "ended":
            guard let sequence, let time, let status = json["status"]?.string.flatMap({ DeliveryStatus(rawValue: $0) }) else { return nil }
            self = .ended(sequence, status, at: time, error: json["error"]?.string)
        case "notified":
            guard let key = NotificationJSON.key(json["key"]), let time, let until = AlertJSON.time(json["until"]) else { return nil }
            self = .notified(key, NotifiedState(firing: Self.fingerprints(json["firing"]), resolved: Self.fingerprints(json["resolved"]), at: time), until: until)
        case "recorded":
            guard let record = Self.record(json) else { return nil }
            self = .recorded(record)
        default: return nil
        }
    }

    private static func message(_ sequence: UInt64, _ json: JSONValue) -> WaitingMessage? {
        guard let notification = NotificationJSON.notification(json["notification"]), let notBefore = AlertJSON.time(json["not_before"]) else { return nil }
        return WaitingMessage(
            sequence: sequence, notification: notification, firstBadAt: AlertJSON.time(json["first_bad_at"]), attempts: Int(clamping: json["attempts"]?.integer ?? 0),
            begunAt: AlertJSON.time(json["begun_at"]), uncertainAttempts: Int(clamping: json["uncertain_attempts"]?.integer ?? 0), notBefore: notBefore,
            lastError: json["error"]?.string)
    }

    private static func fingerprints(_ json: JSONValue?) -> Set<AlertFingerprint> { Set((json?.elements ?? []).compactMap { $0.string.flatMap { AlertFingerprint($0) } }) }

    private static func record(_ json: JSONValue) -> DeliveryRecord? {
        guard let id = json["id"]?.string, let receiver = json["receiver"]?.string, let kind = json["integration"]?.string, let index = json["index"]?.integer,
            let reason = json["reason"]?.string.flatMap({ Notification.Reason(rawValue: $0) }), let groupLabels = AlertJSON.labels(json["group_labels"]),
            let queuedAt = AlertJSON.time(json["queued_at"]), let status = json["status"]?.string.flatMap({ DeliveryStatus(rawValue: $0) })
        else { return nil }
        let alerts = (json["alerts"]?.elements ?? []).compactMap { alert in
            AlertJSON.labels(alert["labels"]).map { SummarisedAlert(labels: $0, isResolved: alert["resolved"]?.bool ?? false) }
        }
        return DeliveryRecord(
            id: id, integration: IntegrationKey(receiver: receiver, kind: kind, index: Int(clamping: index)), group: json["group"]?.string ?? "",
            reason: reason, groupLabels: groupLabels, alerts: alerts,
            firing: Int(clamping: json["firing"]?.integer ?? 0), resolved: Int(clamping: json["resolved"]?.integer ?? 0), queuedAt: queuedAt,
            firstBadAt: AlertJSON.time(json["first_bad_at"]), endedAt: AlertJSON.time(json["ended_at"]), attempts: Int(clamping: json["attempts"]?.integer ?? 0),
            status: status, lastError: json["error"]?.string)
    }
}
