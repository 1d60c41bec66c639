internal import DurableFiles
package import GatewayModel
internal import Synchronization

/// What a series store holds and has done, for `/metrics`, `/api/v1/status` and `/api/v1/status/tsdb`.
package struct SeriesStoreStatistics: Sendable {
    /// A name and a number that belongs to it.
    package struct Count: Sendable, Equatable {
        package let name: String
        package let value: Int
    }

    /// Series that have samples, in memory or in blocks.
    package var series = 0
    /// Distinct pairs of label name and value.
    package var labelPairs = 0
    /// Chunks in memory and in blocks.
    package var headChunks = 0
    package var blockChunks = 0
    /// Samples in memory and in blocks; samples that are in two blocks count twice.
    package var headSamples: Int64 = 0
    package var blockSamples: Int64 = 0
    /// Bytes of samples in memory, about.
    package var headBytes = 0
    package var blocks = 0
    package var blockBytes: Int64 = 0
    /// Of the current log file; older ones are there only while a flush is under way.
    package var logBytes: Int64 = 0
    /// Times of the oldest and the newest sample, in milliseconds since 1970; nil when there is none.
    package var first: Int64?
    package var last: Int64?
    package var exemplars = 0
    package var metadata = 0

    /// The names with the highest numbers, descending, at most as many as were asked for.
    package var seriesByMetric: [Count] = []
    package var valuesByLabel: [Count] = []
    /// Bytes that the values of a label take in all series together.
    package var bytesByLabel: [Count] = []
    package var seriesByPair: [Count] = []

    /// Since the store was opened: samples kept, samples refused by reason, synchronisations of the log, flushes and merges and what they wrote.
    package var appendedSamples: Int64 = 0
    package var refusedSamples: [SampleRefusal: Int64] = [:]
    package var synchronisations: Int64 = 0
    /// Exemplars that were left out because their labels are too long.
    package var droppedExemplars: Int64 = 0
    package var flushes: Int64 = 0
    package var merges: Int64 = 0
    package var flushedBytes: Int64 = 0
    package var mergedBytes: Int64 = 0

    /// The first UTC day that is kept, in days since 1970; nil while nothing was dropped.
    package var retainedFromDay: Int32?
    /// Sentences about what could not be read.
    package var notes: [String] = []
}

extension SeriesStore {
    /// - Parameter top: entries of the lists by name at most; 0 leaves them out, which saves looking at all labels.
    package func statistics(top: Int = 0) -> SeriesStoreStatistics {
        let logEnd = log.withLock { $0.writer.end }
        var statistics = state.withLock { state in
            var statistics = SeriesStoreStatistics(state)
            if top > 0 { statistics.add(state.directory.index, top: top) }
            return statistics
        }
        statistics.logBytes = Int64(logEnd)
        return statistics
    }
}

extension SeriesStoreStatistics {
    fileprivate init(_ state: SeriesState) {
        series = state.directory.count
        labelPairs = state.directory.index.pairCount
        for case let series? in state.directory.series {
            for head in unsafe [series.active, series.sealed] where !head.isEmpty {
                headChunks += head.closed.count + (head.openCount > 0 ? 1 : 0)
                if let bounds = head.bounds {
                    first = min(first ?? .max, bounds.first)
                    last = max(last ?? .min, bounds.last)
                }
            }
        }
        headSamples = state.activeSamples + (state.sealed?.samples ?? 0)
        headBytes = state.activeBytes
        blocks = state.blocks.count
        for block in state.blocks {
            blockChunks += block.chunkCount
            blockSamples += block.samples
            blockBytes += block.entry.bytes
            first = min(first ?? .max, block.first)
            last = max(last ?? .min, block.last)
        }
        exemplars = state.exemplars.count
        metadata = state.metadata.count
        appendedSamples = state.totals.samples
        refusedSamples = state.totals.refused
        droppedExemplars = state.totals.droppedExemplars
        synchronisations = state.totals.synchronisations
        flushes = state.totals.flushes
        merges = state.totals.merges
        flushedBytes = state.totals.flushedBytes
        mergedBytes = state.totals.mergedBytes
        retainedFromDay = state.retainedFromDay == .min ? nil : state.retainedFromDay
        notes = state.notes
    }

    fileprivate mutating func add(_ index: LabelIndex, top: Int) {
        func highest(_ counts: [Count]) -> [Count] { Array(counts.sorted { ($1.value, $0.name) < ($0.value, $1.name) }.prefix(top)) }
        let names = index.names.values
        valuesByLabel = highest(names.map { Count(name: $0.name, value: $0.values.count) })
        bytesByLabel = highest(names.map { name in Count(name: name.name, value: zip(name.values, name.series).reduce(0) { $0 + $1.0.utf8.count * $1.1.count }) })
        if let metrics = index.names[SeriesLabels.metricName] { seriesByMetric = highest(zip(metrics.values, metrics.series).map { Count(name: $0, value: $1.count) }) }
        // The highest of each label first: all pairs together may be hundreds of thousands.
        seriesByPair = highest(names.flatMap { name in highest(zip(name.values, name.series).map { Count(name: "\(name.name)=\($0)", value: $1.count) }) })
    }
}
