import Logging
import NIOCore
import Synchronization

/// What all connections of a server share.
final class ServerContext: Sendable {
    let configuration: HTTPServerConfiguration
    let router: Router
    let logger: Logger
    let timeouts: Timeouts
    let budget: BodyBudget
    let activity = ActivityLatch()
    /// Connections that are open, over all event loops.
    let connectionsOpen = Atomic<Int>(0)

    init(configuration: HTTPServerConfiguration, router: Router, logger: Logger) {
        self.configuration = configuration
        self.router = router
        self.logger = logger
        timeouts = Timeouts(configuration)
        budget = BodyBudget(bytesMax: configuration.inFlightBodyBytesMax)
    }

    var machineLimits: ConnectionMachine.Limits {
        ConnectionMachine.Limits(bodyBytesMax: configuration.bodyBytesMax, discardBytesMax: configuration.discardBytesMax)
    }
}

/// The configuration's time-outs in the event loops' unit.
struct Timeouts: Sendable {
    let header, bodyIdle, keepAlive, writeIdle, linger, drain: TimeAmount
    /// How often deadlines are looked at: an eighth of the shortest time-out, within 1 ms and 1 s. One look at every connection costs less than a timer
    /// set and cancelled for every request.
    let tick: TimeAmount

    init(_ configuration: HTTPServerConfiguration) {
        header = TimeAmount(configuration.headerTimeout)
        bodyIdle = TimeAmount(configuration.bodyIdleTimeout)
        keepAlive = TimeAmount(configuration.keepAliveTimeout)
        writeIdle = TimeAmount(configuration.writeIdleTimeout)
        linger = TimeAmount(configuration.lingerTimeout)
        drain = TimeAmount(configuration.drainTimeout)
        let shortest = [header, bodyIdle, keepAlive, writeIdle, linger].reduce(header, min)
        tick = min(max(.nanoseconds(shortest.nanoseconds / 8), .milliseconds(1)), .seconds(1))
    }

    /// How long a timer of the machine runs; nil for none.
    func duration(of timer: ConnectionMachine.Timer) -> TimeAmount? {
        switch timer {
        case .none: nil
        case .header: header
        case .keepAlive: keepAlive
        case .bodyIdle: bodyIdle
        case .linger: linger
        }
    }
}
