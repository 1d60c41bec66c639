package import ByteCoding
internal import GatewayModel

extension BacktestReport {
    /// Writes the members of the answer that `docs/reference/alerting-api.md` shows.
    package func write(to object: inout JSONWriter) {
        object.member("from", Self.time(grid.start))
        object.member("to", Self.time(grid.end))
        object.member("step_seconds", Double(grid.step) / 1000)
        if let threshold {
            object.object("threshold") {
                $0.member("comparison", threshold.comparison.rawValue)
                $0.member("limit", threshold.limit)
            }
        }
        object.member("series", series)
        object.member("elapsed_seconds", elapsedSeconds)
        object.object("summary") { summary.write(to: &$0) }
        object.array("alerts") { array in
            for alert in alerts { array.object { alert.write(to: &$0) } }
        }
        object.member("further_alerts", furtherAlerts)
        guard !curve.isEmpty else {
            object.nullMember("curve")
            return object.nullMember("suggestion")
        }
        object.array("curve") { array in
            for point in curve { array.object { point.write(to: &$0) } }
        }
        if let suggestion { object.object("suggestion") { suggestion.write(to: &$0) } } else { object.nullMember("suggestion") }
    }

    /// Whole seconds are enough for people; milliseconds are kept.
    package static func time(_ milliseconds: Int64) -> String {
        let (microseconds, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return Timestamp(microseconds: overflows ? 0 : microseconds).iso8601
    }
}

extension BacktestSummary {
    fileprivate func write(to object: inout JSONWriter) {
        object.member("firings", firings)
        object.member("alerts", alerts)
        object.member("flaps", flaps)
        object.member("pages", pages)
        writeShared(to: &object)
        object.member("detection_delay_seconds", detectionDelaySeconds)
    }

    /// What a point of the curve has too.
    fileprivate func writeShared(to object: inout JSONWriter) {
        object.member("pages_per_week", pagesPerWeek)
        object.member("firing_seconds", firingSeconds)
        object.member("precision", precision)
        object.member("recall", recall)
    }
}

extension BacktestPoint {
    fileprivate func write(to object: inout JSONWriter) {
        object.member("limit", limit)
        object.member("pages", summary.pages)
        object.member("flaps", summary.flaps)
        summary.writeShared(to: &object)
    }
}

extension BacktestAlert {
    fileprivate func write(to object: inout JSONWriter) {
        object.object("labels") { for label in labels.labels { $0.member(label.name, label.value) } }
        object.array("spans") { array in
            for (span, isIncident) in zip(spans, isIncident) {
                array.object {
                    $0.member("from", BacktestReport.time(span.from))
                    $0.member("to", BacktestReport.time(span.to))
                    $0.member("is_incident", isIncident)
                }
            }
        }
    }
}
