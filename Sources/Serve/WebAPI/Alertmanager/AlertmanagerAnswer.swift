internal import AlertRouting
internal import ByteCoding
internal import GatewayModel

/// What Alertmanager's API answers, member by member.
///
/// Source: prometheus/alertmanager, `api/v2/openapi.yaml`.
enum AlertmanagerAnswer {
    /// The version of Alertmanager whose API this is: clients choose by it what they ask for.
    static let alertmanagerVersion = "0.34.0"

    static func write(_ view: AlertView, to writer: inout JSONWriter) {
        writer.object { object in
            write("annotations", view.alert.annotations, to: &object)
            object.member("endsAt", time(view.alert.endsAt))
            object.member("fingerprint", view.alert.fingerprint.description)
            object.array("receivers") { array in
                for receiver in view.receivers { array.object { $0.member("name", receiver) } }
            }
            object.member("startsAt", time(view.alert.startsAt))
            object.object("status") { status in
                status.array("inhibitedBy") { array in
                    for fingerprint in view.inhibitedBy { array.value(fingerprint.description) }
                }
                status.array("mutedBy") { array in
                    for name in view.mutedBy { array.value(name) }
                }
                status.array("silencedBy") { array in
                    for id in view.silencedBy { array.value(id) }
                }
                status.member("state", view.state.rawValue)
            }
            object.member("updatedAt", time(view.updatedAt))
            object.member("generatorURL", view.alert.generatorURL)
            write("labels", view.alert.labels, to: &object)
        }
    }

    static func write(_ group: AlertGroupView, to writer: inout JSONWriter) {
        writer.object { object in
            object.array("alerts") { array in
                for alert in group.alerts { write(alert, to: &array) }
            }
            write("labels", group.labels, to: &object)
            object.object("receiver") { $0.member("name", group.receiver) }
            write("routeLabels", group.routeLabels, to: &object)
        }
    }

    static func write(_ silence: Silence, now: Timestamp, to writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", silence.id)
            object.object("status") { $0.member("state", silence.state(at: now).rawValue) }
            object.member("updatedAt", time(silence.updatedAt))
            write("annotations", silence.annotations, to: &object)
            object.member("comment", silence.comment)
            object.member("createdBy", silence.createdBy)
            object.member("endsAt", time(silence.endsAt))
            object.array("matchers") { array in
                for matcher in silence.matchers {
                    array.object {
                        $0.member("isEqual", matcher.comparison == .equal || matcher.comparison == .matches)
                        $0.member("isRegex", matcher.comparison == .matches || matcher.comparison == .matchesNot)
                        $0.member("name", matcher.name)
                        $0.member("value", matcher.value)
                    }
                }
            }
            object.member("startsAt", time(silence.startsAt))
        }
    }

    static func write(_ name: String, _ labels: SeriesLabels, to writer: inout JSONWriter) {
        writer.object(name) { object in
            for label in labels.labels { object.member(label.name, label.value) }
        }
    }

    /// With milliseconds, as Alertmanager writes times: `2026-03-05T12:00:00.000Z`.
    static func time(_ time: Timestamp) -> String { String(time.iso8601.dropLast(4)) + "Z" }

    /// The order in which silences are listed: active ones by their end, then pending ones by their beginning, then expired ones, the last first.
    static func precedes(_ left: Silence, _ right: Silence, now: Timestamp) -> Bool {
        let (leftState, rightState) = (left.state(at: now), right.state(at: now))
        guard leftState == rightState else { return rank(leftState) < rank(rightState) }
        switch leftState {
        case .active: return (left.endsAt, left.id) < (right.endsAt, right.id)
        case .pending: return (left.startsAt, left.id) < (right.startsAt, right.id)
        case .expired: return (right.endsAt, left.id) < (left.endsAt, right.id)
        }
    }

    private static func rank(_ state: Silence.State) -> Int {
        switch state {
        case .active: 1
        case .pending: 2
        case .expired: 3
        }
    }
}
