package import GatewayModel
internal import Synchronization

/// Scrapes all targets of a configuration until it is cancelled; then says of every series that it ended.
package final class ScrapeManager: Sendable {
    /// What is worth a line in the log.
    package enum Event: Sendable, Equatable {
        /// A target's answer changed from good to bad, or its error changed.
        case targetDown(url: String, reason: String)
        case targetUp(url: String)
        /// A file of targets could not be read, or a target cannot be scraped.
        case discovery(job: String, reason: String)
        /// The store did not take a scrape.
        case notStored(url: String, reason: String)
        /// Samples of a scrape were refused by the store.
        case refused(url: String, reason: String)
    }

    /// How often files of targets are looked at, in milliseconds: a change is seen within this time.
    private static let fileLookInterval: Int64 = 5_000
    /// Targets of one job, whatever it says: each is a loop of its own.
    private static let targetsMax = 10_000

    private let configuration: ScrapeConfiguration
    private let fetcher: any ScrapeFetcher
    private let writer: any SeriesWriter
    private let clock: any ScrapeClock
    private let folder: any TargetFolder
    private let onEvent: @Sendable (Event) -> Void
    private let pools: Mutex<[Pool]>

    /// The targets of one job.
    private struct Pool {
        var name: String
        /// By identity.
        var active: [String: ScrapeTargetStatus] = [:]
        var dropped: [SeriesLabels] = []
        var droppedCount = 0
        /// Identities of targets with a loop, among them some that have just vanished.
        var running: Set<String> = []
    }

    package init(
        _ configuration: ScrapeConfiguration, fetcher: any ScrapeFetcher, writer: any SeriesWriter, clock: any ScrapeClock, folder: any TargetFolder,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.configuration = configuration
        self.fetcher = fetcher
        self.writer = writer
        self.clock = clock
        self.folder = folder
        self.onEvent = onEvent
        pools = Mutex(configuration.jobs.map { Pool(name: $0.name) })
    }

    /// How all targets do now.
    package var status: ScrapeStatus {
        let pools = self.pools.withLock { $0 }
        var status = ScrapeStatus()
        status.pools = pools.map { pool in
            var told = ScrapePoolStatus(name: pool.name)
            told.active = pool.active.values.sorted { ($0.target.url, $0.target.labels) < ($1.target.url, $1.target.labels) }
            told.dropped = pool.dropped
            told.droppedCount = pool.droppedCount
            return told
        }
        return status
    }

    /// Runs until the task is cancelled, and returns when everything is written.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for index in configuration.jobs.indices { group.addTask { await self.runJob(index) } }
        }
    }

    // MARK: One job

    private func runJob(_ index: Int) async {
        let job = configuration.jobs[index]
        await withDiscardingTaskGroup { group in
            var files = FileTargets(job.fileDiscovery)
            var told: Set<String> = []
            repeat {
                let (groups, problems) = files.refresh(folder, now: clock.now())
                let (found, invalid) = publish(index, job.staticGroups + groups)
                for problem in problems + invalid where told.insert(problem).inserted { onEvent(.discovery(job: job.name, reason: problem)) }
                told.formIntersection(problems + invalid)
                for target in found where begins(index, target.identity) { group.addTask { await self.runTarget(index, target) } }
                if job.fileDiscovery.isEmpty { return }
                do { try await clock.sleep(until: clock.now() + Self.fileLookInterval) } catch { return }
            } while !Task.isCancelled
        }
    }

    /// Makes the targets of the groups known; those that stay keep their state.
    ///
    /// - Returns: the targets to be scraped, each once, and what is wrong with others.
    private func publish(_ index: Int, _ groups: [TargetGroup]) -> ([ScrapeTarget], [String]) {
        let job = configuration.jobs[index]
        var active: [ScrapeTarget] = []
        var seen: Set<String> = []
        var dropped: [SeriesLabels] = []
        var problems: [String] = []
        for found in groups.lazy.flatMap({ job.targets(of: $0) }) {
            switch found {
            case .active(let target):
                guard seen.insert(target.identity).inserted else { continue }
                if active.count < Self.targetsMax { active.append(target) } else { problems = ["more than \(Self.targetsMax) targets; the others are not scraped"] }
            case .dropped(let labels): dropped.append(labels)
            case .invalid(let labels, let reason): problems.append("\(labels["__address__"] ?? ""): \(reason)")
            }
        }
        pools.withLock { pools in
            let before = pools[index].active
            pools[index].active = Dictionary(active.map { ($0.identity, before[$0.identity] ?? ScrapeTargetStatus($0)) }, uniquingKeysWith: { first, _ in first })
            pools[index].dropped = Array(dropped.prefix(ScrapePoolStatus.droppedMax))
            pools[index].droppedCount = dropped.count
        }
        return (active, problems)
    }

    /// Whether a target needs a loop; it has one from then on.
    private func begins(_ index: Int, _ identity: String) -> Bool { pools.withLock { $0[index].running.insert(identity).inserted } }

    /// Whether a target is still to be scraped; otherwise its loop is over, and another one may begin should it come back.
    private func goesOn(_ index: Int, _ identity: String) -> Bool {
        pools.withLock { pools in
            if pools[index].active[identity] != nil { return true }
            pools[index].running.remove(identity)
            return false
        }
    }

    // MARK: One target

    private func runTarget(_ index: Int, _ target: ScrapeTarget) async {
        let job = configuration.jobs[index]
        let schedule = ScrapeSchedule(interval: target.interval, offset: target.offset)
        var memory = ScrapeMemory(target, job)
        var turn = schedule.turn(after: clock.now())
        var lastError = ""
        while !Task.isCancelled {
            do { try await clock.sleep(until: turn) } catch { break }
            guard goesOn(index, target.identity) else { break }
            let began = clock.now()
            let result = await scrape(index, target, job)
            if Task.isCancelled { break }
            let seconds = Double(max(0, clock.now() - began)) / 1_000
            let outcome = memory.finish(result, time: schedule.sampleTime(turn: turn, began: began), seconds: seconds)
            await write(outcome.batch, target, &memory)
            update(index, target, memory, outcome.failure ?? "", began: began, seconds: seconds)
            tell(target, outcome.failure ?? "", before: lastError)
            lastError = outcome.failure ?? ""
            turn = schedule.turn(after: clock.now())
        }
        await write(memory.end(at: clock.now()), target, &memory)
    }

    private func scrape(_ index: Int, _ target: ScrapeTarget, _ job: ScrapeJob) async -> Result<ScrapeResponse, ScrapeFailure> {
        let count = pools.withLock { $0[index].active.count }
        if job.limits.targets > 0, count > job.limits.targets {
            return .failure(ScrapeFailure("target_limit exceeded (number of targets: \(count), limit: \(job.limits.targets))"))
        }
        do throws(ScrapeFailure) { return .success(try await fetcher.fetch(target, job)) } catch { return .failure(error) }
    }

    private func write(_ batch: SampleBatch, _ target: ScrapeTarget, _ memory: inout ScrapeMemory) async {
        guard !batch.isEmpty else { return }
        do throws(SeriesWriteError) {
            let receipt = try await writer.append(batch)
            memory.learn(receipt)
            if !receipt.refused.isEmpty { onEvent(.refused(url: target.url, reason: SampleAnswer(receipt, invalid: InvalidSeries()).message)) }
        } catch { onEvent(.notStored(url: target.url, reason: SampleAnswer(error).message)) }
    }

    private func update(_ index: Int, _ target: ScrapeTarget, _ memory: ScrapeMemory, _ error: String, began: Int64, seconds: Double) {
        pools.withLock { pools in
            guard var status = pools[index].active[target.identity] else { return }
            status.health = error.isEmpty ? .up : .down
            status.lastError = error
            status.lastScrape = began
            status.lastDurationSeconds = seconds
            status.families = memory.families
            pools[index].active[target.identity] = status
        }
    }

    private func tell(_ target: ScrapeTarget, _ error: String, before: String) {
        if !error.isEmpty, error != before { onEvent(.targetDown(url: target.url, reason: error)) }
        if error.isEmpty, !before.isEmpty { onEvent(.targetUp(url: target.url)) }
    }
}
