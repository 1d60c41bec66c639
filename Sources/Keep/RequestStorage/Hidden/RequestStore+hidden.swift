internal import ByteCoding
internal import DurableFiles
package import GatewayModel
internal import Synchronization

/// Deleted and replaced records.
extension RequestStore {
    /// See ``RequestWriter/remove(_:)``. Reads the rows, and with them the documents that they are.
    package func remove(_ sequences: [Int64]) async throws(StorageError) -> [Bool] {
        if sequences.isEmpty { return [] }
        let found = try documents(of: sequences)
        let asked = Set(sequences).sorted().filter { found[$0] != nil }
        var removed: Set<Int64> = []
        if !asked.isEmpty {
            let bytes = asked.count * Self.deletionBytes
            try await queue.enter(bytes)
            let receipt = try await enqueue(PreparedAppend(removing: asked.map { (sequence: $0, document: found[$0] ?? nil) }), bytes)
            removed = Set(zip(asked, receipt.deletedVersions).filter { $0.1 > 0 }.map(\.0))
        }
        var answered: Set<Int64> = []
        return sequences.map { removed.contains($0) && answered.insert($0).inserted }
    }

    /// The records among the numbers that are there, each with the hash of the document that it is, if it is one.
    private func documents(of sequences: [Int64]) throws(StorageError) -> [Int64: UInt64?] {
        let wanted = Set(sequences).sorted()
        let finder = RowFinder(wanted)
        var found: [Int64: UInt64?] = [:]
        for segment in snapshot(of: .all).segments where wanted.contains(where: segment.sequenceBounds.contains) {
            let places = Dictionary(grouping: try finder.rows(in: segment), by: \.block)
            for (block, places) in places {
                let hidden = Set(segment.hiddenRows(ofBlock: block))
                let shown = places.filter { !hidden.contains(UInt16($0.row)) }
                for place in shown { found[place.sequence] = .some(nil) }
                guard segment.contains(.documentID) else { continue }
                let numbers = Set(shown.map(\.sequence))
                for document in try DocumentHashes.documents(in: segment, block: block, key: key) where numbers.contains(document.place.sequence) {
                    found[document.place.sequence] = document.hash
                }
            }
        }
        return found
    }

    /// A part as merging reads it: with its hidden rows, if it has any, as they are now. What is hidden later stays in the set, and is found in the new part.
    ///
    /// - Throws: when the numbers of its rows cannot be read.
    func withHiddenRows(_ part: Part) throws(StorageError) -> any RecordSegment {
        let hidden = state.withLock { $0.hidden }
        return try hiddenRows.cover(part, hidden)
    }

    /// Looks for the hidden rows of all parts, so that it is known how many each has.
    func findHiddenRows() {
        let (parts, hidden) = state.withLock { ($0.parts, $0.hidden) }
        _ = hiddenRows.covering(parts, hidden)
    }

    /// The hidden records of segments that are about to go, as far as they can be read.
    func hiddenSequences(of segments: [any RecordSegment]) -> [Int64] {
        let hidden = state.withLock { $0.hidden }
        if hidden.isEmpty { return [] }
        return segments.flatMap { (try? hiddenRows.sequences(of: $0, hidden)) ?? [] }
    }

    /// Lets go of what is known of segments that are no longer there.
    func forgetGoneSegments() {
        if !hiddenRows.isEmpty { hiddenRows.keepOnly(state.withLock { $0.segments }) }
    }

    // MARK: On the flush queue

    /// The rows of segments in memory that are not hidden, in order of sequence, and the numbers of the others.
    func shownBatches(of segments: [BatchSegment]) -> (batches: [RecordBatch], leftOut: [Int64]) {
        let hidden = state.withLock { $0.hidden }
        var batches: [RecordBatch] = []
        var leftOut: [Int64] = []
        for segment in segments.sorted(by: { $0.sequenceBounds.lowerBound < $1.sequenceBounds.lowerBound }) {
            // Memory is always readable.
            guard let covered = try? hiddenRows.cover(segment, hidden) as? HiddenSegment else {
                batches.append(segment.batch)
                continue
            }
            leftOut += covered.sequences
            let rows = covered.shownRows
            if !rows.isEmpty { batches.append(segment.batch.gathering(rows)) }
        }
        return (batches, leftOut)
    }

    /// Writes the list of hidden records as the manifest is to name it, unless the one it names says the same.
    ///
    /// - Returns: the version of the set that the list then holds.
    func listHidden(in manifest: inout Manifest, forgetting gone: [Int64]) throws(StorageError) -> UInt64 {
        var hidden = state.withLock { $0.hidden }
        hidden.remove(gone)
        // The state's version after the caller has taken out the same numbers.
        if hidden.version == listedVersion.withLock({ $0 }) { return hidden.version }
        guard !hidden.isEmpty else {
            manifest.hidden = nil
            return hidden.version
        }
        // A number of its own: both manifests of a change that was cut short must find the list that they name.
        let number = nextPartNumber()
        manifest.nextPart = max(manifest.nextPart, number + 1)
        try files.createFolder(paths.hidden)
        try files.replace(paths.hidden(number), with: HiddenFile.encode(hidden.all))
        manifest.hidden = Manifest.Hidden(number: number, records: hidden.count)
        return hidden.version
    }
}
