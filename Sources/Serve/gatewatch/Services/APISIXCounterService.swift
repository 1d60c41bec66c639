import GatewayModel
import Ingest
import Logging
import NIOHTTP1
import ServiceLifecycle

/// Where APISIX counts its requests, and what they are compared with.
struct APISIXCounterSettings: Sendable {
    let address: ServerAddress
    /// Between two looks.
    let seconds: Int
    let source: LedgerSource
    /// Routes that count; empty for all.
    let routes: Set<String>
}

/// Reads APISIX's own counter of requests at a steady pace and tells the completeness ledger how many there were.
struct APISIXCounterService: Service {
    let settings: APISIXCounterSettings
    let ledger: CompletenessLedger
    let logger: Logger

    /// The longest answer that is read: 200,000 series of some 300 bytes, with all other families beside them.
    private static let answerBytesMax = 128 << 20
    /// The longest wait for an answer.
    private static let patience = Duration.seconds(10)

    private enum Trouble: Error {
        case status(Int)
        case slow
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var counters = GatewayCounters(routes: settings.routes)
            var last: String?
            while !Task.isCancelled {
                let trouble = await look(&counters)
                if Task.isCancelled { return }
                if trouble != last { tell(trouble) }
                last = trouble
                try await Task.sleep(for: .seconds(settings.seconds))
            }
        }
    }

    /// One look: nil when it went well, otherwise what went wrong, as a sentence's end.
    private func look(_ counters: inout GatewayCounters) async -> String? {
        let text: [UInt8]
        do { text = try await fetch() } catch Trouble.status(let status) { return "it answered with status \(status)" } catch Trouble.slow {
            return "it did not answer within \(Self.patience.components.seconds) s"
        } catch HTTPExchangeError.unreachable(_, let reason) { return "it cannot be reached: \(reason)" } catch { return "\(error)" }
        do throws(GatewayCounters.Failure) {
            guard let increase = try counters.look(at: text, now: .now()) else { return nil }
            do throws(CompletenessLedger.ExpectationError) {
                try ledger.expect(increase.count, source: settings.source, from: increase.from, to: increase.to, reporter: nil)
            } catch { return "its count could not be taken: \(error)" }
            return nil
        } catch { return error.sentence }
    }

    private func fetch() async throws -> [UInt8] {
        let exchange = HTTPExchange(address: settings.address)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                let (status, body) = try await exchange.send(.GET, settings.address.prefix.isEmpty ? "/" : "", answerBytesMax: Self.answerBytesMax)
                guard status == 200 else { throw Trouble.status(status) }
                return body
            }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                throw Trouble.slow
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private func tell(_ trouble: String?) {
        guard let trouble else {
            logger.info("the gateway's own counters are read", metadata: ["address": "\(settings.address.description)"])
            return ledger.counterTrouble(nil, source: settings.source)
        }
        logger.warning("the gateway's own counters cannot be read", metadata: ["address": "\(settings.address.description)", "reason": "\(trouble)"])
        ledger.counterTrouble(
            "the gateway's own counters at \(settings.address.description) have not been read since \(Timestamp.now().iso8601): \(trouble).", source: settings.source)
    }
}
