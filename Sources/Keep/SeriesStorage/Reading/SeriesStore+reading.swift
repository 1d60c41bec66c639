package import GatewayModel
internal import Synchronization

extension SeriesStore {
    /// See ``SeriesReader/select(_:)``. What is damaged is passed over, and said in the event log and in ``SeriesStoreStatistics/notes``.
    package func select(_ request: SeriesRequest) throws(SeriesError) -> [any SelectedSeries] {
        let ids = find([request.matchers])
        if ids.isEmpty { return [] }
        let (from, through) = (request.from, request.through)
        // What is in memory is copied under the lock, as references; the blocks' directories are searched without it.
        let (found, blocks) = state.withLock { state in
            (state.directory.sorted(ids).map { unsafe (id: $0.id, labels: $0.labels, sealed: $0.sealed, active: $0.active, hasBlocks: $0.blocks > 0) },
                state.blocks.filter { $0.first <= through && $0.last >= from })
        }
        let onDamage: @Sendable (String) -> Void = { [weak self] in self?.noteDamage($0) }
        var selected: [any SelectedSeries] = []
        selected.reserveCapacity(found.count)
        for series in found {
            var pieces = SeriesPieces()
            if series.hasBlocks { for block in blocks { pieces.add(block, series.id, from: from, through: through) } }
            pieces.add(series.sealed, from: from, through: through)
            pieces.add(series.active, from: from, through: through)
            if !pieces.isEmpty { selected.append(KeptSelection(labels: series.labels, pieces: pieces, onDamage: onDamage)) }
        }
        return selected
    }

    /// The ids of the series that match any of the selectors, ascending.
    private func find(_ selectors: [[SeriesMatcher]]) -> [UInt32] {
        let lookup = state.withLock { SeriesLookup($0.directory, selectors.isEmpty ? [[]] : selectors) }
        if selectors.count <= 1 { return lookup.ids(selectors.first ?? []) }
        return Set(selectors.flatMap { lookup.ids($0) }).sorted()
    }

    func noteDamage(_ what: String) {
        let isNew = state.withLock { state in
            if state.notes.contains(what) { return false }
            state.note(what)
            return true
        }
        if isNew { configuration.onEvent(.damaged(file: "blocks", what: what, offset: 0)) }
    }

    // MARK: Listing

    /// The matching series with samples in the range, in ascending order of their labels.
    private func list(_ question: SeriesListing) -> [KeptSeries] {
        let ids = find(question.selectors)
        let (series, blocks, isInMemory) = state.withLock { state -> ([KeptSeries], [SeriesBlock], [Bool]) in
            let series = state.directory.sorted(ids)
            let isInMemory = series.map { series in
                unsafe [series.sealed.bounds, series.active.bounds].contains { $0.map { $0.first <= question.through && $0.last >= question.from } ?? false }
            }
            return (series, state.blocks.filter { $0.first <= question.through && $0.last >= question.from }, isInMemory)
        }
        return zip(series, isInMemory).filter { series, isInMemory in isInMemory || blocks.contains { !$0.chunks(of: series.id).isEmpty } }.map(\.0)
    }

    private func cut<T>(_ answers: [T], _ limit: Int?) -> [T] { limit.map { Array(answers.prefix($0)) } ?? answers }

    package func labelNames(_ question: SeriesListing) throws(SeriesError) -> [String] {
        let names = Set(list(question).flatMap { $0.labels.labels.map(\.name) })
        return cut(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, question.limit)
    }

    package func labelValues(of name: String, _ question: SeriesListing) throws(SeriesError) -> [String] {
        let values = Set(list(question).compactMap { $0.labels[name] })
        return cut(values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, question.limit)
    }

    package func labelSets(_ question: SeriesListing) throws(SeriesError) -> [SeriesLabels] { cut(list(question).map(\.labels), question.limit) }

    package func metadata(of metric: String?) -> [String: [MetricMetadata]] {
        state.withLock { state in metric.map { name in state.metadata[name].map { [name: $0] } ?? [:] } ?? state.metadata }
    }

    package func exemplars(_ selectors: [[SeriesMatcher]], from: Int64, through: Int64) throws(SeriesError) -> [SeriesExemplars] {
        let ids = find(selectors)
        return state.withLock { state in
            let found = state.exemplars.exemplars(of: Set(ids), from: from, through: through)
            return state.directory.sorted(ids.filter { found[$0] != nil }).map { SeriesExemplars($0.labels, found[$0.id] ?? []) }
        }
    }
}
