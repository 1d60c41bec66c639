package import ByteCoding
package import GatewayModel

/// An alert as JSON, as it is kept on disk. Times are microseconds since 1970. Drawn in `docs/formats/alerting.md`.
package enum AlertJSON {
    package static func write(_ alert: Alert, to object: inout JSONWriter) {
        write("labels", alert.labels, to: &object)
        write("annotations", alert.annotations, to: &object)
        object.member("starts_at", alert.startsAt.microseconds)
        object.member("ends_at", alert.endsAt.microseconds)
        object.member("generator_url", alert.generatorURL)
        guard let evidence = alert.evidence else { return }
        object.object("evidence") { object in
            object.member("expression", evidence.expression)
            // As text: JSON has neither NaN nor infinities.
            object.member("value", evidence.value.description)
            if let threshold = evidence.threshold {
                object.member("comparison", threshold.comparison.rawValue)
                object.member("limit", threshold.limit.description)
            }
            object.member("group", evidence.group)
            object.member("file", evidence.file)
            object.member("active_at", evidence.activeAt.microseconds)
        }
    }

    package static func write(_ name: String, _ labels: SeriesLabels, to writer: inout JSONWriter) {
        writer.object(name) { object in
            for label in labels.labels { object.member(label.name, label.value) }
        }
    }

    /// - Returns: nil when it is not of that form.
    package static func alert(_ json: JSONValue) -> Alert? {
        guard let labels = labels(json["labels"]), !labels.labels.isEmpty, let annotations = Self.labels(json["annotations"]), let starts = time(json["starts_at"]),
            let ends = time(json["ends_at"])
        else { return nil }
        return Alert(
            labels: labels, annotations: annotations, startsAt: starts, endsAt: ends, generatorURL: json["generator_url"]?.string ?? "", evidence: evidence(json["evidence"]))
    }

    package static func labels(_ json: JSONValue?) -> SeriesLabels? {
        guard let members = json?.members else { return nil }
        return SeriesLabels(members.compactMap { member in member.value.string.map { SeriesLabel(member.name, $0) } })
    }

    package static func time(_ json: JSONValue?) -> Timestamp? { json?.integer.map { Timestamp(microseconds: $0) } }

    private static func evidence(_ json: JSONValue?) -> AlertEvidence? {
        guard let json, let expression = json["expression"]?.string, let value = json["value"]?.string.flatMap(Double.init), let activeAt = time(json["active_at"]) else { return nil }
        var threshold: AlertThreshold?
        if let comparison = json["comparison"]?.string.flatMap({ AlertThreshold.Comparison(rawValue: $0) }), let limit = json["limit"]?.string.flatMap(Double.init) {
            threshold = AlertThreshold(comparison, limit)
        }
        return AlertEvidence(
            expression: expression, value: value, threshold: threshold, group: json["group"]?.string ?? "", file: json["file"]?.string ?? "", activeAt: activeAt)
    }
}
