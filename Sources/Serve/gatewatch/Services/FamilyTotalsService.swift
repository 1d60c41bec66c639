import Dispatch
import Foundation
import Logging
import RequestMetrics
import RequestQuery
import ServiceLifecycle

/// Keeps what the families' counters stand at counted up and in a file, so that no counter goes back over a restart, even when retention has dropped what it counted.
struct FamilyTotalsService: Service {
    /// Seconds between two counts, so that a page has little left to do. What comes between is counted when it is asked for.
    private static let seconds = 1
    /// Counts between two writes of the file. What is lost with the process is counted again from the records.
    private static let countsPerFile = 60

    let metrics: RequestMetrics
    let file: URL
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: String?
            var counts = 0
            while !Task.isCancelled {
                let trouble = await keep(inFile: counts % Self.countsPerFile == 0)
                counts += 1
                if let trouble, trouble != last { logger.error("the totals of metric families could not be kept; tried again", metadata: ["error": "\(trouble)"]) }
                last = trouble
                do { try await Task.sleep(for: .seconds(Self.seconds)) } catch { return }
            }
        }
        _ = await keep(inFile: true)
    }

    /// Counts and perhaps writes, on a thread that may block; what went wrong, or nil.
    private func keep(inFile: Bool) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: keepNow(inFile: inFile)) }
        }
    }

    private func keepNow(inFile: Bool) -> String? {
        do throws(QueryError) { try metrics.refresh() } catch { return error.message }
        guard inFile, let bytes = metrics.totals.encoded() else { return nil }
        do { try Data(bytes).write(to: file, options: .atomic) } catch { return error.localizedDescription }
        return nil
    }
}
