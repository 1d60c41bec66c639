/// What a target answered.
package struct ScrapeResponse: Sendable {
    package var contentType: String?
    /// Decompressed.
    package var body: [UInt8]

    package init(contentType: String?, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// Why a target could not be scraped, as `lastError` says it.
package struct ScrapeFailure: Error, Sendable, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// Asks targets for their samples.
package protocol ScrapeFetcher: Sendable {
    /// Must end within the target's timeout and must not take more bytes than the job's limit, whatever the target does.
    func fetch(_ target: ScrapeTarget, _ job: ScrapeJob) async throws(ScrapeFailure) -> ScrapeResponse
}

/// The time as the scrape loops see it.
package protocol ScrapeClock: Sendable {
    /// Milliseconds since 1970.
    func now() -> Int64
    /// Throws when the task is cancelled.
    func sleep(until time: Int64) async throws
}

/// When a target's turn comes: at the instants that leave the same remainder by the interval, which also keeps the times of its samples evenly spaced.
package struct ScrapeSchedule: Sendable {
    package let interval: Int64
    package let offset: Int64
    /// How far from its turn a scrape may begin and still be said to be at it; as Prometheus's tolerance.
    private static let toleranceMax: Int64 = 2

    package init(interval: Int64, offset: Int64) {
        self.interval = interval
        self.offset = offset
    }

    /// The first turn behind an instant.
    package func turn(after now: Int64) -> Int64 {
        let since = (now - offset) % interval
        return now - (since < 0 ? since + interval : since) + interval
    }

    /// The time that samples get.
    package func sampleTime(turn: Int64, began: Int64) -> Int64 { abs(began - turn) <= min(Self.toleranceMax, interval / 100) ? turn : began }
}
