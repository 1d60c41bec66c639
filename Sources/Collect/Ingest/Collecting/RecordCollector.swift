internal import ByteCoding
package import GatewayModel

/// The way from a body to the store, the same for every door: read, hand what was refused to the dead-letter file, append, count.
package final class RecordCollector: Sendable {
    package let pipeline: IngestPipeline
    package let metrics = IngestMetrics()
    package let deadLetters: DeadLetterFile?
    package let ledger: CompletenessLedger
    let writer: any RequestWriter
    private let acceptable: @Sendable () -> ClosedRange<Timestamp>

    /// - Parameters:
    ///   - deadLetters: where refused documents go; nil drops them.
    ///   - ledger: where everything is counted; default one in memory.
    ///   - acceptable: completion times that the store keeps at the moment.
    package init(
        pipeline: IngestPipeline, writer: any RequestWriter, deadLetters: DeadLetterFile?, ledger: CompletenessLedger = CompletenessLedger(path: nil),
        acceptable: @escaping @Sendable () -> ClosedRange<Timestamp>
    ) {
        self.pipeline = pipeline
        self.writer = writer
        self.deadLetters = deadLetters
        self.ledger = ledger
        self.acceptable = acceptable
    }

    /// What all documents that arrive now by `door` have in common.
    package func context(_ door: IngestDoor) -> IngestContext { IngestContext(door: door, receivedAt: .now(), acceptable: acceptable()) }

    /// Reads a `_bulk` body; see ``IngestPipeline/readBulk(_:defaultIndex:_:)``. Nothing is stored yet.
    package func readBulk(_ body: UnsafeRawBufferPointer, defaultIndex: String?, _ context: IngestContext) throws(BulkRequestError) -> BulkResult {
        var bulk: BulkResult
        do throws(BulkRequestError) { bulk = unsafe try pipeline.readBulk(body, defaultIndex: defaultIndex, context) } catch {
            ledger.refuse(.unreadable, source: LedgerSource(context.door, kind: nil), bytes: body.count)
            throw error
        }
        bulk.result.counters.bytes = body.count
        unsafe keepLetters(bulk.result, of: body, context) { item in
            bulk.items.indices.contains(item) ? bulk.indices[bulk.items[item].index] : nil
        }
        return bulk
    }

    /// Reads one document; see ``IngestPipeline/readDocument(_:index:id:replaces:_:)``.
    package func readDocument(_ body: UnsafeRawBufferPointer, index: String, id: String?, replaces: Bool, _ context: IngestContext) -> IngestResult {
        var result = unsafe pipeline.readDocument(body, index: index, id: id, replaces: replaces, context)
        result.counters.bytes = body.count
        unsafe keepLetters(result, of: body, context) { _ in index }
        return result
    }

    /// Reads an array, objects or lines; see ``IngestPipeline/readItems(_:_:)``.
    package func readItems(_ body: UnsafeRawBufferPointer, _ context: IngestContext) -> IngestResult {
        var result = unsafe pipeline.readItems(body, context)
        result.counters.bytes = body.count
        unsafe keepLetters(result, of: body, context) { _ in nil }
        return result
    }

    /// Stores what was read, and counts it. Returns when the records are durable and visible.
    ///
    /// - Returns: nil when there was nothing to store.
    /// - Throws: when nothing of the batch was stored; the sender should send it again.
    package func store(_ result: IngestResult, _ context: IngestContext) async throws(StorageError) -> AppendReceipt? {
        guard result.batch.count > 0 || !result.identity.deletions.isEmpty else {
            metrics.record(result.counters, ledger.record(result, nil, context), context)
            return nil
        }
        var identity = result.identity
        identity.leavesOutDuplicates = pipeline.settings.deduplicated.contains(context.door)
        let receipt = try await append(result.batch, identity, LedgerSource(context.door, result.batch), bytes: result.counters.bytes)
        metrics.record(result.counters, ledger.record(result, receipt, context), context)
        return receipt
    }

    /// Removes a document; returns when that is durable and visible.
    ///
    /// - Returns: the document's version with the deletion, from 2; nil when there was none. And the number of the newest record at that time.
    package func delete(_ document: DocumentName) async throws(StorageError) -> (version: Int64?, sequence: Int64) {
        let receipt = try await writer.append(RecordBatch(), identity: BatchIdentity(deletions: [DocumentDeletion(document, rowsBefore: 0)]))
        return (receipt.deletedVersions.first.flatMap { $0 > 0 ? $0 : nil }, receipt.firstSequence - 1)
    }

    /// Removes records by number; returns for each whether it was there.
    package func remove(_ sequences: [Int64]) async throws(StorageError) -> [Bool] { try await writer.remove(sequences) }

    /// Appends, and counts the request as refused when nothing was stored.
    private func append(_ batch: RecordBatch, _ identity: BatchIdentity, _ source: LedgerSource, bytes: Int) async throws(StorageError) -> AppendReceipt {
        do throws(StorageError) { return try await writer.append(batch, identity: identity) } catch {
            ledger.refuse(RefusalReason(error), source: source, bytes: bytes)
            throw error
        }
    }

    private func keepLetters(_ result: IngestResult, of body: UnsafeRawBufferPointer, _ context: IngestContext, index: (Int) -> String?) {
        guard !result.rejected.isEmpty, let deadLetters else { return }
        deadLetters.submit(unsafe DeadLetter.letters(for: result.rejected, of: body, context, index: index))
    }
}

extension IngestMetrics {
    /// Documents refused since the start, at all doors.
    package var rejectedTotal: Int64 { snapshot.reduce(0) { $0 + $1.counts.rejectedTotal } }

    /// How old the newest record of the body that came last was when it came, in seconds; nil when nothing came yet.
    package var newestLagSeconds: Double? {
        let latest = snapshot.filter { $0.counts.lagMicroseconds != nil }.max { ($0.counts.lastReceived?.microseconds ?? 0) < ($1.counts.lastReceived?.microseconds ?? 0) }
        return latest?.counts.lagMicroseconds.map { Double($0) / 1e6 }
    }
}
