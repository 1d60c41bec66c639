internal import ByteCoding
internal import Dispatch
internal import DurableFiles
package import GatewayModel
internal import Synchronization

extension SeriesStore {
    /// See ``SeriesWriter/append(_:)``. Cancelling the task does not take a batch back.
    package func append(_ batch: SampleBatch) async throws(SeriesWriteError) -> SampleReceipt {
        if batch.isEmpty { return SampleReceipt() }
        guard batch.sampleCount <= configuration.batchSamplesMax else { throw .tooLarge(samplesMax: configuration.batchSamplesMax) }
        let bytes = Self.bytes(of: batch)
        do throws(StorageError) { try await queue.enter(bytes) } catch { throw .storage(error) }
        let result = await withCheckedContinuation { (continuation: SampleContinuation) in
            let mustWake = queue.push(QueuedSamples(batch: batch, continuation: continuation), bytes: bytes)
            if mustWake { writing.async { self.drain() } }
        }
        queue.leave(bytes)
        return try result.get()
    }

    /// Bytes of memory that a batch takes, about.
    private static func bytes(of batch: SampleBatch) -> Int {
        batch.keys.count + batch.series.count * MemoryLayout<SampleBatch.Series>.stride + batch.times.count * 16 + batch.histograms.count * 1_024
            + batch.exemplars.count * 256 + batch.metadata.count * 256
    }

    // MARK: On the write queue

    /// Writes a group and comes again until nobody waits. It goes to the queue's end in between: a flush that wants to seal the log must get its turn also
    /// when appenders never pause.
    private func drain() {
        let group = queue.take(bytesMax: configuration.groupBytesMax)
        if group.isEmpty { return }
        write(group)
        writing.async { self.drain() }
    }

    /// A batch that was let in, and what it becomes in the log.
    private struct Prepared {
        let admission: BatchAdmission
        let frame: EncodedFrame?
    }

    private func write(_ group: [QueuedSamples]) {
        var prepared: [Prepared] = []
        do throws(StorageError) {
            try checkSpace()
            let limits = admissionLimits()
            for append in group { prepared.append(prepare(append.batch, limits)) }
            let frames = prepared.compactMap(\.frame)
            try log.withLock { (log) throws(StorageError) in
                guard log.isOpen else { throw .closed }
                guard !frames.isEmpty else { return }
                let groups = frames.enumerated().map { (firstSequence: log.nextFrame + Int64($0.offset), frames: [$0.element]) }
                // Numbers of a group that fails are not used again: it may be on the disk in part.
                log.nextFrame += Int64(frames.count)
                try log.writer.append(groups)
            }
        } catch {
            for batch in prepared.reversed() { batch.admission.undo() }
            for append in group { append.continuation.resume(returning: .failure(.storage(error))) }
            return
        }
        for (append, batch) in zip(group, prepared) {
            state.withLock { apply(batch.admission, append.batch, &$0) }
        }
        state.withLock { $0.totals.synchronisations += 1 }
        for (append, batch) in zip(group, prepared) { append.continuation.resume(returning: .success(batch.admission.receipt)) }
        scheduleFlushIfDue()
        updateObstacle()
    }

    private func prepare(_ batch: SampleBatch, _ limits: BatchAdmission.Limits) -> Prepared {
        var admission = BatchAdmission(limits)
        let families = state.withLock { state -> [SampleBatch.FamilyMetadata] in
            admission.admit(batch, &state)
            return batch.metadata.filter { state.metadata[$0.family]?.first != $0.metadata }
        }
        if admission.isEmpty && families.isEmpty { return Prepared(admission: admission, frame: nil) }
        let payload = SampleFrame.encode(
            definitions: admission.definitions, runs: SampleFrame.encodeRuns(admission.runs, batch), histograms: admission.histograms, exemplars: admission.exemplars,
            metadata: families)
        return Prepared(admission: admission, frame: EncodedFrame(kind: .samples, rows: admission.receipt.stored, payload: payload, isContinued: false))
    }

    private func apply(_ admission: BatchAdmission, _ batch: SampleBatch, _ state: inout SeriesState) {
        var bytes = 0
        unsafe batch.times.withUnsafeBufferPointer { times in
            unsafe batch.values.withUnsafeBufferPointer { values in
                for run in admission.runs {
                    run.series.with { series in
                        for index in run.samples { unsafe bytes &+= series.active.append(times[index], values[index]) }
                    }
                }
            }
        }
        for sample in admission.histograms { unsafe bytes &+= state.directory[sample.id]?.active.append(sample.time, sample.histogram) ?? 0 }
        for (id, exemplar) in admission.exemplars { state.exemplars.insert(id, exemplar) }
        for family in batch.metadata { state.keep(family, max: configuration.metadataMax) }
        state.activeBytes += bytes
        state.activeSamples += Int64(admission.receipt.stored)
        if state.activeSince == nil, admission.receipt.stored > 0 { state.activeSince = configuration.clock() }
        state.totals.droppedExemplars += Int64(admission.receipt.droppedExemplars)
        state.totals.samples += Int64(admission.receipt.stored)
        for refused in admission.receipt.refused { state.totals.refused[refused.reason, default: 0] += Int64(refused.samples) }
    }

    private func admissionLimits() -> BatchAdmission.Limits {
        let time = configuration.clock()
        let now = time.microseconds / 1_000
        let retained = max(state.withLock { $0.retainedFromDay }, configuration.firstKeptDay(today: time.utcDay))
        return BatchAdmission.Limits(
            configuration: configuration,
            times: BatchAdmission.TimeLimits(
                earliest: Int64(retained) * Self.dayMilliseconds, latest: now + Int64(configuration.futureSecondsMax) * 1_000,
                outOfOrderMilliseconds: Int64(configuration.outOfOrderMinutes) * 60_000))
    }

    static let dayMilliseconds: Int64 = 86_400_000

    private func checkSpace() throws(StorageError) {
        if let reason = files.lowSpace(paths.root, bytesMin: configuration.freeBytesMin) { throw .full(reason: reason) }
    }
}
