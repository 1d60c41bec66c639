internal import GatewayModel

/// What there is to say about an alert in one line, for channels that show text.
enum AlertSentence {
    /// `HighErrorRate (critical) openai, gpt-4o: Many requests fail. 7.2 %, above 5 %, since 2026-03-05 12:03:10 UTC (3 min). Likely cause: ...`
    static func plain(_ alert: AlertFacts, _ context: EmailContext) -> String {
        var text = "\(alert.name) (\(alert.severity.rawValue))" + (alert.placeText.isEmpty ? "" : " \(alert.placeText)")
        text += ": " + (alert.summary.isEmpty ? "" : sentence(alert.summary) + " ")
        text += measure(alert, context)
        if let cause = alert.cause { text += " Likely cause: \(sentence(cause))" }
        return text
    }

    /// `7.2 %, above 5 %, since 2026-03-05 12:03:10 UTC (3 min).`, or, when it is over, `Over since 12:09:00; it lasted 6 min.`
    static func measure(_ alert: AlertFacts, _ context: EmailContext) -> String {
        if let until = alert.until { return "Over since \(ReadableTime.text(until, context.zone)); it lasted \(alert.lasted(context.now))." }
        let parts = [alert.value, alert.value == nil ? nil : alert.limit, "since \(ReadableTime.text(alert.since, context.zone)) (\(alert.lasted(context.now)))"]
        return parts.compactMap { $0 }.joined(separator: ", ") + "."
    }

    /// With a full stop at the end.
    static func sentence(_ text: String) -> String { text.last.map { ".!?".contains($0) } ?? true ? text : text + "." }
}
