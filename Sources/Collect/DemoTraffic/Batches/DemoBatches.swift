package import GatewayModel

/// Generated records of a span of time, batch by batch; see ``DemoTraffic/batches(from:to:batchRows:)``.
package struct DemoBatches: Sequence, IteratorProtocol {
    private let traffic: DemoTraffic
    private let to: Int64
    private let batchRows: Int
    private var timeline: CallTimeline
    private var ready: [DemoCall] = []

    init(_ traffic: DemoTraffic, from: Int64, to: Int64, batchRows: Int) {
        self.traffic = traffic
        self.to = to
        self.batchRows = batchRows
        timeline = CallTimeline(traffic.model, from: from)
    }

    /// The next batch; nil when the span is at its end.
    package mutating func next() -> RecordBatch? {
        while ready.count < batchRows, timeline.position < to { timeline.advance(to: to, into: &ready) }
        guard !ready.isEmpty else { return nil }
        let rows = Swift.min(ready.count, batchRows)
        let batch = traffic.catalogue.batch(of: ready[..<rows])
        ready.removeFirst(rows)
        return batch
    }
}

/// Walks over time minute by minute and hands out calls in the order of their completion.
struct CallTimeline {
    private let generator: CallGenerator
    private let from: Int64
    /// Calls that have started and will complete at ``position`` or later.
    private var underWay: [DemoCall] = []
    private var nextMinute: Int64
    /// All calls that complete before it, in microseconds since 1970, have been handed out.
    private(set) var position: Int64

    /// - Parameter from: microseconds since 1970; calls that complete before are left out.
    init(_ model: TrafficModel, from: Int64) {
        generator = CallGenerator(model: model)
        self.from = from
        position = from
        nextMinute = max(0, from - CallLimits.durationMax - CallLimits.overheadMax) / CallGenerator.slotLength
    }

    /// Appends, in order, the calls that complete before the end of the next minute or before `limit`, whichever is earlier.
    mutating func advance(to limit: Int64, into calls: inout [DemoCall]) {
        let slot = CallGenerator.slotLength
        // The first time, the minutes before `from` are made up for as well: calls that started in them may complete now.
        let boundary = min((max(position / slot, nextMinute) + 1) * slot, limit)
        guard boundary > position else { return }
        // Calls that start at the boundary or later complete later than it, so what is under way now is all there is.
        while nextMinute * slot < boundary {
            generator.generate(minute: nextMinute, into: &underWay)
            nextMinute += 1
        }
        position = boundary
        let first = calls.count
        var kept = 0
        for index in underWay.indices {
            let call = underWay[index]
            if call.completion >= boundary {
                underWay[kept] = call
                kept += 1
            } else if call.completion >= from {
                calls.append(call)
            }
        }
        underWay.removeLast(underWay.count - kept)
        calls[first...].sort { $0.precedes($1) }
    }
}
