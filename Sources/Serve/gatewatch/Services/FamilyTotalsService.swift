import Dispatch
import Foundation
import Logging
import RequestMetrics
import RequestQuery
import ServiceLifecycle

/// Keeps what the families' counters stand at counted up and in a file, so that no counter goes back over a restart, even when retention has dropped what it counted.
struct FamilyTotalsService: Service {
    /// Seconds between two counts. What comes between is counted when it is asked for; what is lost with the process is counted again from the records.
    private static let seconds = 60

    let totals: FamilyTotals
    let file: URL
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: String?
            while !Task.isCancelled {
                let trouble = await keep()
                if let trouble, trouble != last { logger.error("the totals of metric families could not be kept; tried again", metadata: ["error": "\(trouble)"]) }
                last = trouble
                do { try await Task.sleep(for: .seconds(Self.seconds)) } catch { return }
            }
        }
        _ = await keep()
    }

    /// Counts and writes, on a thread that may block; what went wrong, or nil.
    private func keep() async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: keepNow()) }
        }
    }

    private func keepNow() -> String? {
        do throws(QueryError) { try totals.catchUp() } catch { return error.message }
        guard let bytes = totals.encoded() else { return nil }
        do { try Data(bytes).write(to: file, options: .atomic) } catch { return error.localizedDescription }
        return nil
    }
}
