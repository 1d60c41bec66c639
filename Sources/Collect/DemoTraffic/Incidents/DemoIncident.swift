package import GatewayModel

/// Something that went wrong in the demo's traffic on purpose, so that there is something to find.
package struct DemoIncident: Sendable, Equatable {
    /// A short fixed name, for example `slow-provider`.
    package let name: String
    /// One line for people.
    package let title: String
    /// When its cause begins. Calls count at their completion, so that the effect of a slow call shows later.
    package let from: Timestamp
    /// When its cause ends; nil while it lasts.
    package let to: Timestamp?
    /// What a person should see, and on which chart.
    package let lookFor: String
    /// A filter in Gatewatch's filter language that shows the affected calls; "" for all.
    package let filter: String
}

/// What an incident does to the calls that start while it lasts.
enum IncidentEffect: Sendable {
    /// A provider answers slower by `factor`; a part of its calls gets no answer until the gateway gives up.
    case slow(provider: Int, factor: Double, timeoutShare: Double)
    /// A script calls in a loop: as many calls as `minutes` average minutes of all traffic have, each minute; most are refused with 429.
    case runaway(minutes: Double, rejectedShare: Double)
    /// A part of a model's calls fails with 502.
    case failing(model: Int, share: Double)
    /// Nothing passes the gateways: calls that would be under way at any moment of the incident do not exist.
    case silence
    /// The client ``TrafficSource/switchingClient`` calls the last of its models instead of the others.
    case switching
    /// A model's time to the first token grows evenly to `factor` times its usual value.
    case creeping(model: Int, factor: Double)
}

/// An incident with its effect.
struct PlantedIncident: Sendable {
    let incident: DemoIncident
    let effect: IncidentEffect

    /// It acts on calls that start in `from..<to`, in microseconds since 1970.
    var from: Int64 { incident.from.microseconds }
    var to: Int64 { incident.to?.microseconds ?? .max }

    func acts(at instant: Int64) -> Bool { instant >= from && instant < to }
}
