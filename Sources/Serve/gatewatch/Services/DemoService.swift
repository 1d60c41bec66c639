import DemoTraffic
import GatewayModel
import Ingest
import Logging
import ServiceLifecycle

/// Generated traffic: the history day by day, the newest first so that the first look already finds something, then live, for ever; and beside it the series of
/// the machines that would have carried it.
struct DemoService: Service {
    let traffic: DemoTraffic
    let collector: RecordCollector
    let series: any SeriesWriter
    let started: Timestamp
    let historyDays: Int
    let hasLive: Bool
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if hasLive { group.addTask { try await live() } }
                group.addTask { try await infrastructure() }
                group.addTask { try await history() }
                try await group.waitForAll()
            }
        }
        if !hasLive { return }
        try? await gracefulShutdown()
    }

    /// Stores the days before ``started``, newest first.
    func history(progress: (Int, Int64) -> Void = { _, _ in }) async throws {
        guard historyDays > 0 else { return }
        var stored: Int64 = 0
        var to = started
        for day in 0..<historyDays {
            let from = Timestamp(microseconds: started.microseconds - Int64(day + 1) * Timestamp.microsecondsPerDay)
            for batch in traffic.batches(from: from, to: to) {
                guard !Task.isCancelled else { return }
                try await collector.storeGenerated(batch, isTimely: false)
                stored += Int64(batch.count)
            }
            to = from
            progress(day + 1, stored)
        }
        logger.info("the generated history is complete", metadata: ["days": "\(historyDays)", "records": "\(stored)"])
    }

    private func live() async throws {
        var feed = traffic.live(from: started)
        while !Task.isCancelled {
            for batch in feed.next(until: .now()) { try await collector.storeGenerated(batch, isTimely: true) }
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
        }
    }

    /// Stores the series of the demo's machines: their past, oldest first as series are cheapest to take in, and then, where there is live traffic, each scrape as
    /// its time comes.
    func infrastructure() async throws {
        let past = Int64(historyDays) * Timestamp.microsecondsPerDay
        var machines = traffic.infrastructure(from: Timestamp(microseconds: started.microseconds - past))
        repeat {
            while !Task.isCancelled, let batch = machines.next(until: hasLive ? .now() : started) { machines.learn(try await series.append(batch)) }
            guard hasLive else { return }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        } while !Task.isCancelled
    }
}
