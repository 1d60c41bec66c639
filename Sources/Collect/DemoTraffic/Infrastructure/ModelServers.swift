internal import GatewayModel
internal import Glibc

/// The two servers of the self-hosted model: what vLLM tells of its engine and the DCGM exporter of its cards.
struct ModelServers {
    static let names = ["llm-a.internal", "llm-b.internal"]
    private static let model = "llama-3.3-70b-instruct"
    private static let cards = 2
    /// Memory of a card, in MiB: weights, cache and what the driver keeps for itself.
    private static let cardMemory = 46_068.0
    /// Requests at which the cache of a server is full on average, and the calls of all gateways a minute that servers of this size were bought for.
    private static let requestsAtFullCache = 12.0
    private static let callsPerMinuteServed = 104.0
    /// vLLM's limits of the whole request and of the first token, in seconds.
    private static let requestLimits: [Double] = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1_920, 7_680]
    private static let firstTokenLimits: [Double] = [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2_560,
    ]

    private let calls: InfrastructureCalls
    /// How much larger the servers are than usual, where there is more traffic.
    private let size: Double
    private let meanSeconds, meanFirstToken, meanInput, meanOutput: Double

    init(_ calls: InfrastructureCalls) {
        self.calls = calls
        size = max(calls.model.callsPerMinute / Self.callsPerMinuteServed, 0.1)
        let flows = calls.flows.filter { $0.model == calls.selfHostedModel }
        let weight = flows.reduce(0) { $0 + $1.share * calls.model.sources[$1.source].share }
        func mean(_ value: (InfrastructureCalls.Flow) -> Double) -> Double {
            flows.reduce(0) { $0 + value($1) * $1.share * calls.model.sources[$1.source].share } / max(weight, 1e-9)
        }
        meanSeconds = mean(\.seconds)
        meanFirstToken = mean(\.firstTokenSeconds)
        meanInput = mean(\.inputTokens)
        meanOutput = mean(\.outputTokens)
    }

    /// Whether a server is being started again: both, one after the other, when the creeping slowness is ended.
    static func isRestarting(_ number: Int, _ moment: InfrastructureMoment) -> Bool {
        let since = moment.seconds(sinceDay: -13, 0, 0)
        return (Int64(number) * 240..<Int64(number) * 240 + 180).contains(since)
    }

    mutating func scrape(_ moment: inout InfrastructureMoment, into sheet: inout ScrapedSheet) {
        for number in Self.names.indices {
            let isUp = !Self.isRestarting(number, moment)
            engine(number, isUp, &moment, &sheet)
            cards(number, isUp, &moment, &sheet)
        }
    }

    /// Requests that a server would work on at once, on average.
    private func demand(_ moment: InfrastructureMoment) -> Double { moment.underWay[calls.selfHosted] / 2 + (moment.creeping - 1) * 0.9 * size }

    private func engine(_ number: Int, _ isUp: Bool, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        sheet.scrape(job: "vllm", instance: "\(Self.names[number]):8000", isUp: isUp)
        let labels = [("engine", "0"), ("model_name", Self.model)]
        let full = Self.requestsAtFullCache * size
        let wanted = moment.snapshot(demand(moment) * max(0, 1 + 0.3 * moment.wander(30 + number, minutes: 2)))
        let running = min(wanted, max(1, (full - 2).rounded()))
        // A leak of cache blocks is what creeps: requests wait although few run.
        let leaked = min(0.62, 0.17 * (moment.creeping - 1))
        let cache = min(0.995, max(0, running / full + leaked + 0.01 * moment.deviate()))
        let waiting = max(0, wanted - running + max(0, cache - 0.86) * 60 * size * (1 + 0.3 * moment.deviate())).rounded()
        sheet.gauge("vllm:num_requests_running", labels, value: running, help: "Number of requests in model execution batches.")
        sheet.gauge("vllm:num_requests_waiting", labels, value: waiting, help: "Number of requests waiting to be processed.")
        sheet.gauge("vllm:kv_cache_usage_perc", labels, value: (cache * 10_000).rounded() / 10_000, help: "KV-cache usage. 1 means 100 percent usage.")
        sheet.counter("vllm:num_preemptions_total", labels, increase: moment.count(max(0, cache - 0.8) * 0.4), help: "Cumulative number of preemption from the engine.")
        let finished = moment.count(moment.rate[calls.selfHosted] / 2)
        sheet.counter("vllm:prompt_tokens_total", labels, increase: (finished * meanInput).rounded(), help: "Number of prefill tokens processed.")
        sheet.counter("vllm:generation_tokens_total", labels, increase: (finished * meanOutput).rounded(), help: "Number of generation tokens processed.")
        for (reason, share) in [("length", 0.06), ("stop", 0.94)] {
            sheet.counter("vllm:request_success_total", labels + [("finished_reason", reason)], increase: (finished * share).rounded(), help: "Count of successfully processed requests.")
        }
        let slow = moment.creeping
        sheet.histogram(
            "vllm:time_to_first_token_seconds", labels, limits: Self.firstTokenLimits, count: finished, median: meanFirstToken * slow * 0.8, spread: 0.5,
            help: "Histogram of time to first token in seconds.")
        sheet.histogram(
            "vllm:e2e_request_latency_seconds", labels, limits: Self.requestLimits, count: finished, median: (meanSeconds + meanFirstToken * (slow - 1)) * 0.75,
            spread: 0.75, help: "Histogram of e2e request latency in seconds.")
    }

    private func cards(_ number: Int, _ isUp: Bool, _ moment: inout InfrastructureMoment, _ sheet: inout ScrapedSheet) {
        sheet.scrape(job: "dcgm", instance: "\(Self.names[number]):9400")
        let busy = isUp ? min(0.99, 1 - exp(-demand(moment) / (1.3 * size))) : 0
        for card in 0..<Self.cards {
            let labels = [
                ("gpu", String(card)), ("UUID", "GPU-\(number)\(card)c6a2f0-5d1e-4b7a-9f30-8e2b7c41d0a\(card)"), ("modelName", "NVIDIA L40S"),
                ("Hostname", Self.names[number]),
            ]
            let utilization = min(100, max(0, busy * 100 + 6 * moment.deviate()).rounded())
            let power = 36 + 2.9 * utilization + 5 * moment.deviate()
            let heat = 31 + utilization * 0.36 + Double(card) * 0.8 + moment.deviate()
            // vLLM takes its memory at the start and keeps it.
            let memory = isUp ? 41_800 + Double(card % 2) * 140 : 3
            sheet.gauge("DCGM_FI_DEV_GPU_UTIL", labels, value: utilization, help: "GPU utilization (in %).")
            sheet.gauge("DCGM_FI_DEV_FB_USED", labels, value: memory, help: "Framebuffer memory used (in MiB).")
            sheet.gauge("DCGM_FI_DEV_FB_FREE", labels, value: Self.cardMemory - memory - 640, help: "Framebuffer memory free (in MiB).")
            sheet.gauge("DCGM_FI_DEV_POWER_USAGE", labels, value: (power * 10).rounded() / 10, help: "Power draw (in W).")
            sheet.gauge("DCGM_FI_DEV_GPU_TEMP", labels, value: heat.rounded(), help: "GPU temperature (in C).")
        }
    }
}
