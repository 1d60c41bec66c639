internal import GatewayModel
internal import Synchronization

/// The loop of one group.
extension RuleEngine {
    /// The longest sleep, in milliseconds, after which a loop looks whether its group is another or gone, or the clock was set.
    private static let sleepMax: Int64 = 5_000
    /// Evaluations before what was pending is looked for: targets have been scraped by then.
    private static let evaluationsBeforeRestoring = 2

    func run(_ entry: RuleGroupEntry) async {
        var version = -1
        var schedule = RuleSchedule(interval: 1, file: "", group: "")
        var turn: Int64 = 0
        var evaluations = 0
        while !Task.isCancelled {
            if entry.version != version {
                version = entry.version
                schedule = RuleSchedule(interval: entry.shown.interval, file: entry.key.file, group: entry.key.group)
                turn = schedule.turn(after: clock.now())
            }
            if let goneAt = entry.goneAt { return await end(entry, goneAt, schedule.interval) }
            let now = clock.now()
            // Somebody set the clock back.
            if now < turn - schedule.interval { turn = schedule.turn(after: now) }
            if now < turn {
                do { try await clock.sleep(milliseconds: min(turn - now, Self.sleepMax)) } catch { return }
                continue
            }
            await evaluate(entry, at: turn)
            evaluations += 1
            if evaluations == Self.evaluationsBeforeRestoring { await restorePending(entry) }
            let (next, missed) = schedule.turn(following: turn, now: clock.now())
            if missed > 0 { onEvent(.missed(group: entry.key, turns: missed)) }
            entry.note {
                $0.turns += 1 + missed
                $0.missed += missed
            }
            turn = next
        }
    }

    /// One evaluation of a group, whatever its schedule says.
    ///
    /// - Parameter time: milliseconds since 1970.
    func evaluate(_ entry: RuleGroupEntry, at time: Int64) async {
        entry.begin()
        let started = ContinuousClock.now
        let before = entry.shown
        var samples = 0
        var step = await threads.run { [reader, options] in
            entry.state.withLock { state in
                state.begin(at: time)
                return state.advance(reader, options)
            }
        }
        while let batch = step {
            let result: Result<SampleReceipt, SeriesWriteError>
            do throws(SeriesWriteError) { result = .success(try await writer.append(batch)) } catch { result = .failure(error) }
            samples += batch.sampleCount
            tell(result, entry)
            step = await threads.run { [reader, options] in
                entry.state.withLock { state in
                    switch result {
                    case .success(let receipt): state.stored(receipt)
                    case .failure(let error): state.notStored("\(error)")
                    }
                    return state.advance(reader, options)
                }
            }
        }
        let outcome = entry.state.withLock { $0.finish() }
        entry.show()
        await tell(outcome, entry, at: time)
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        entry.note {
            $0.lastTime = time
            $0.lastSeconds = seconds
            $0.lastSamples = samples
        }
        durations.withLock { $0.note(seconds, entry.shown) }
        tellHealth(of: entry, before)
        entry.end()
    }

    private func tell(_ result: Result<SampleReceipt, SeriesWriteError>, _ entry: RuleGroupEntry) {
        switch result {
        case .success(let receipt):
            guard let refused = receipt.refused.first else { return }
            onEvent(.notStored(group: entry.key, reason: "\(refused.samples) samples refused: \(refused.reason.rawValue), for example \(refused.series)"))
        case .failure(let error): onEvent(.notStored(group: entry.key, reason: "\(error)"))
        }
    }

    /// First what is told is remembered, then it is told: after a crash in between it is told again, and whoever was told knows it.
    private func tell(_ outcome: RuleGroupState.Outcome, _ entry: RuleGroupEntry, at time: Int64) async {
        if outcome.hasChanged, let memory {
            let key = entry.key
            let remembered = entry.shown.remembered(key)
            let trouble: StorageError? = await threads.run {
                do throws(StorageError) { try memory.keep(remembered, of: key, at: time) } catch { return error }
                return nil
            }
            if let trouble { onEvent(.notRemembered(reason: "\(trouble)")) }
        }
        guard !outcome.alerts.isEmpty else { return }
        for sink in sinks { await sink.receive(outcome.alerts) }
    }

    private func tellHealth(of entry: RuleGroupEntry, _ before: RuleGroupState) {
        let after = entry.shown
        for (old, new) in zip(before.rules, after.rules) where old.lastError != new.lastError && old.rule.name == new.rule.name {
            onEvent(
                new.health == .failing
                    ? .ruleFailing(group: entry.key, rule: new.rule.name, reason: new.lastError) : .ruleHealthy(group: entry.key, rule: new.rule.name))
        }
    }

    private func restorePending(_ entry: RuleGroupEntry) async {
        let now = clock.now()
        entry.begin()
        await threads.run { [reader, options] in entry.state.withLock { $0.restorePending(at: now, reader, options) } }
        entry.show()
        entry.end()
    }

    /// Ends the series of a group that is in no file any more, after two intervals: rules that only moved to another group give the same series again by then.
    private func end(_ entry: RuleGroupEntry, _ goneAt: Int64, _ interval: Int64) async {
        var rest = 2 * interval
        while rest > 0 {
            let pause = min(rest, Self.sleepMax)
            do { try await clock.sleep(milliseconds: pause) } catch { return }
            rest -= pause
        }
        let batch = entry.state.withLock { $0.end(at: goneAt) }
        guard !batch.isEmpty else { return }
        do throws(SeriesWriteError) { _ = try await writer.append(batch) } catch { onEvent(.notStored(group: entry.key, reason: "\(error)")) }
    }
}
