package import GatewayModel

/// Generated records as they would arrive while time goes on; see ``DemoTraffic/live(from:)``. One task at a time owns a feed.
///
/// A record arrives a moment after its call completed; those of gateways that send batches come a few seconds later, all at once.
package struct DemoLiveFeed {
    private let traffic: DemoTraffic
    private var timeline: CallTimeline
    /// Completed calls whose records have not arrived yet.
    private var onTheWay: [DemoCall] = []

    /// How much of the past is made up for at most when nobody asked for a while, for example because the machine slept; in microseconds.
    package static let gapMax: Int64 = Timestamp.microsecondsPerDay

    init(_ traffic: DemoTraffic, from start: Int64) {
        self.traffic = traffic
        timeline = CallTimeline(traffic.model, from: start)
    }

    /// The records that have arrived before `now` and were not handed over yet, in batches of at most ``DemoTraffic/batchRows`` rows,
    /// each in the order of completion. Empty when there are none, or when `now` lies before an earlier one.
    package mutating func next(until now: Timestamp) -> [RecordBatch] {
        let until = DemoTraffic.clamped(now).microseconds
        if until - timeline.position > Self.gapMax { timeline = CallTimeline(traffic.model, from: until - Self.gapMax) }
        while timeline.position < until { timeline.advance(to: until, into: &onTheWay) }
        var arrived = onTheWay.filter { $0.arrival < until }
        guard !arrived.isEmpty else { return [] }
        onTheWay.removeAll { $0.arrival < until }
        arrived.sort { $0.precedes($1) }
        return stride(from: 0, to: arrived.count, by: DemoTraffic.batchRows).map { first in
            traffic.catalogue.batch(of: arrived[first..<min(first + DemoTraffic.batchRows, arrived.count)])
        }
    }
}
