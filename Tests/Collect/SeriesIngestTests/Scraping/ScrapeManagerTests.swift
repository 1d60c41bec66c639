import ConfigurationText
import GatewayModel
import SeriesIngest
import Synchronization
import Testing

struct ScrapeManagerTests {
    /// A clock that stands still until it is moved: who sleeps waits for its turn.
    private final class ManualClock: ScrapeClock {
        private struct Sleeper {
            var time: Int64
            var wake: CheckedContinuation<Bool, Never>
        }

        private struct State {
            var now: Int64
            var sleepers: [Int: Sleeper] = [:]
            var next = 0
        }

        private let state: Mutex<State>

        init(_ now: Int64) { state = Mutex(State(now: now)) }

        func now() -> Int64 { state.withLock { $0.now } }

        func sleep(until time: Int64) async throws {
            let number = state.withLock { state in
                state.next += 1
                return state.next
            }
            let isAwake = await withTaskCancellationHandler {
                await withCheckedContinuation { wake in
                    let isOver = state.withLock { state in
                        if Task.isCancelled || time <= state.now { return true }
                        state.sleepers[number] = Sleeper(time: time, wake: wake)
                        return false
                    }
                    if isOver { wake.resume(returning: !Task.isCancelled) }
                }
            } onCancel: {
                state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume(returning: false)
            }
            if !isAwake { throw CancellationError() }
        }

        /// Moves on to the next sleeper's time once at least so many sleep.
        func advance(sleepers: Int) async {
            while true {
                let woken: [Sleeper]? = state.withLock { state in
                    guard state.sleepers.count >= sleepers, let next = state.sleepers.values.map(\.time).min() else { return nil }
                    state.now = next
                    let due = state.sleepers.filter { $0.value.time <= next }
                    for number in due.keys { state.sleepers.removeValue(forKey: number) }
                    return Array(due.values)
                }
                guard let woken else {
                    await Task.yield()
                    continue
                }
                for sleeper in woken { sleeper.wake.resume(returning: true) }
                return
            }
        }
    }

    private struct Fetcher: ScrapeFetcher {
        let answer: @Sendable (ScrapeTarget) -> Result<String, ScrapeFailure>

        func fetch(_ target: ScrapeTarget, _ job: ScrapeJob) async throws(ScrapeFailure) -> ScrapeResponse {
            ScrapeResponse(contentType: "text/plain", body: Array(try answer(target).get().utf8))
        }
    }

    private final class Writer: SeriesWriter {
        let lines = Mutex<[String]>([])

        func append(_ batch: SampleBatch) async throws(SeriesWriteError) -> SampleReceipt {
            lines.withLock { $0 += SeriesIngestTests.lines(of: batch) }
            var receipt = SampleReceipt()
            receipt.references = batch.series.map { _ in .none }
            return receipt
        }
    }

    private final class Folder: TargetFolder {
        let text = Mutex("[]")

        func files(_ path: String) -> [(path: String, version: String)] { [(path, text.withLock { $0 })] }
        func text(_ path: String) throws(ConfigurationFault) -> String { text.withLock { $0 } }
    }

    @Test(.timeLimit(.minutes(10))) func targetsComeAreScrapedInTheirTurnsAndGo() async throws {
        let configuration = try ScrapeConfigurationReader.read(
            "scrape_configs:\n- job_name: j\n  scrape_interval: 20s\n  file_sd_configs: [{files: [a.json]}]\n", folder: "/")
        let clock = ManualClock(1_700_000_000_000), writer = Writer(), folder = Folder()
        let manager = ScrapeManager(
            configuration, fetcher: Fetcher { _ in .success("a 1\n") }, writer: writer, clock: clock, folder: folder, onEvent: { _ in })
        folder.text.withLock { $0 = #"[{"targets": ["h:1"]}]"# }
        let running = Task { await manager.run() }
        // Two sleep: the look at files and the target's loop.
        for _ in 0..<10 { await clock.advance(sleepers: 2) }
        let times = writer.lines.withLock { $0.filter { $0.hasPrefix("__name__=a,") && !$0.contains("stale") }.compactMap { Int64($0.split(separator: "@")[1]) } }
        #expect(times.count >= 2)
        for (before, after) in zip(times, times.dropFirst()) { #expect(after - before == 20_000) }
        #expect(manager.status.pools[0].active.map(\.health) == [.up])
        folder.text.withLock { $0 = "[]" }
        // The look at the files, then the loop's turn, in which it sees that its target is gone.
        while writer.lines.withLock({ !$0.contains { $0.contains("stale") } }) { await clock.advance(sleepers: 1) }
        #expect(manager.status.pools[0].active.isEmpty)
        running.cancel()
        await running.value
        #expect(writer.lines.withLock { $0.filter { $0.hasPrefix("__name__=up,") && $0.contains("stale") }.count } == 1)
    }

    @Test(.timeLimit(.minutes(10))) func tooManyTargetsAreALimitWithAName() async throws {
        let configuration = try ScrapeConfigurationReader.read(
            "scrape_configs:\n- job_name: j\n  target_limit: 1\n  static_configs: [{targets: ['h:1', 'h:2']}]\n", folder: "/")
        let clock = ManualClock(1_700_000_000_000), writer = Writer()
        let manager = ScrapeManager(configuration, fetcher: Fetcher { _ in .success("a 1\n") }, writer: writer, clock: clock, folder: Folder(), onEvent: { _ in })
        let running = Task { await manager.run() }
        for _ in 0..<4 { await clock.advance(sleepers: 2) }
        running.cancel()
        await running.value
        #expect(manager.status.pools[0].active.map(\.lastError) == [String](repeating: "target_limit exceeded (number of targets: 2, limit: 1)", count: 2))
        #expect(!writer.lines.withLock { $0.contains { $0.hasPrefix("__name__=a,") } })
    }

    @Test(.timeLimit(.minutes(10))) func failuresAreToldOnceAndTheEndIsWritten() async throws {
        let configuration = try ScrapeConfigurationReader.read("scrape_configs:\n- job_name: j\n  static_configs: [{targets: ['h:1']}]\n", folder: "/")
        let clock = ManualClock(1_700_000_000_000), writer = Writer()
        let asked = Counter()
        let fetcher = Fetcher { _ in asked.next() < 3 ? .failure(ScrapeFailure("no route")) : .success("a 1\n") }
        let recorder = EventRecorder()
        let manager = ScrapeManager(configuration, fetcher: fetcher, writer: writer, clock: clock, folder: Folder(), onEvent: { recorder.add($0) })
        let running = Task { await manager.run() }
        for _ in 0..<4 { await clock.advance(sleepers: 1) }
        running.cancel()
        await running.value
        #expect(recorder.events == [.targetDown(url: "http://h:1/metrics", reason: "no route"), .targetUp(url: "http://h:1/metrics")])
        #expect(writer.lines.withLock { $0.suffix(6).allSatisfy { $0.contains("stale") } })
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    private final class EventRecorder: Sendable {
        private let list = Mutex<[ScrapeManager.Event]>([])
        var events: [ScrapeManager.Event] { list.withLock { $0 } }
        func add(_ event: ScrapeManager.Event) { list.withLock { $0.append(event) } }
    }

    @Test(arguments: [(0, 15_000, 0, 15_000), (1, 15_000, 0, 15_000), (14_999, 15_000, 0, 15_000), (15_000, 15_000, 0, 30_000), (7, 10, 8, 8), (8, 10, 8, 18), (-3, 10, 0, 0)])
    func turnsKeepTheirRemainder(_ now: Int64, _ interval: Int64, _ offset: Int64, _ turn: Int64) {
        #expect(ScrapeSchedule(interval: interval, offset: offset).turn(after: now) == turn)
    }

    @Test func aScrapeThatBeganInTimeGetsTheTimeOfItsTurn() {
        let schedule = ScrapeSchedule(interval: 15_000, offset: 0)
        #expect(schedule.sampleTime(turn: 15_000, began: 15_002) == 15_000)
        #expect(schedule.sampleTime(turn: 15_000, began: 15_003) == 15_003)
    }
}
