internal import GatewayModel

/// All that the store has of one series, as pieces: what was stored first stands first, and counts where two pieces have a sample at the same time.
struct SeriesPieces: Sendable {
    private(set) var pieces: [SamplePiece] = []

    init() {}

    mutating func add(_ block: SeriesBlock, _ id: UInt32, from: Int64, through: Int64) {
        guard block.first <= through, block.last >= from else { return }
        for chunk in block.chunks(of: id) {
            let bounds = block.bounds(chunk)
            if bounds.first <= through, bounds.last >= from { pieces.append(SamplePiece(place: .block(block, chunk: chunk), first: bounds.first, last: bounds.last)) }
        }
    }

    mutating func add(_ head: HeadSamples, from: Int64, through: Int64) {
        func add(_ place: SamplePiece.Place, _ first: Int64, _ last: Int64) {
            if first <= through, last >= from { pieces.append(SamplePiece(place: place, first: first, last: last)) }
        }
        for chunk in head.closed { add(.closed(chunk), chunk.first, chunk.last) }
        if let open = head.open, head.openCount > 0 { add(.open(open, count: head.openCount), open.time(0), head.last) }
        if let first = head.lateTimes.first, let last = head.lateTimes.last { add(.late(head.lateTimes, head.lateValues), first, last) }
        if let first = head.histograms.first, let last = head.histograms.last { add(.histograms(head.histograms), first.time, last.time) }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// Appends the samples of the closed range in the order of time, each time once. Pieces that cannot be read are passed over.
    ///
    /// - Parameter onDamage: is told of each piece that cannot be read.
    func read(from: Int64, through: Int64, into samples: inout SampleColumns, onDamage: (String) -> Void) {
        let wanted = pieces.enumerated().filter { $0.element.first <= through && $0.element.last >= from }
            .sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }
        var next = 0
        while next < wanted.count {
            // Pieces that overlap, directly or through others, are put together; most stand alone.
            var end = next + 1
            var last = wanted[next].element.last
            while end < wanted.count, wanted[end].element.first <= last {
                last = max(last, wanted[end].element.last)
                end += 1
            }
            if end == next + 1 {
                Self.append(wanted[next].element, from: from, through: through, to: &samples, onDamage)
            } else {
                Self.merge(wanted[next..<end].sorted { $0.offset < $1.offset }.map(\.element), from: from, through: through, into: &samples, onDamage)
            }
            next = end
        }
    }

    private static func append(_ piece: SamplePiece, from: Int64, through: Int64, to samples: inout SampleColumns, _ onDamage: (String) -> Void) {
        do throws(SeriesError) {
            try piece.append(from: from, through: through, to: &samples)
        } catch {
            if case .unreadable(let what) = error { onDamage(what) }
        }
    }

    private static func merge(_ pieces: [SamplePiece], from: Int64, through: Int64, into samples: inout SampleColumns, _ onDamage: (String) -> Void) {
        var all = SampleColumns()
        for piece in pieces { append(piece, from: from, through: through, to: &all, onDamage) }
        // In the order of time; of equal times the one that was stored first.
        let order = all.times.indices.sorted { (all.times[$0], $0) < (all.times[$1], $1) }
        var previous: Int64?
        for index in order where all.times[index] != previous {
            previous = all.times[index]
            if !all.histograms.isEmpty, let histogram = all.histograms[index] {
                samples.append(all.times[index], histogram)
            } else {
                samples.append(all.times[index], all.values[index])
            }
        }
    }
}
