import GatewayModel

/// The series that the benchmark writes: 2,000 counters and histogram buckets of gateways, by instance, provider and model, every 15 s, the same in every run.
///
/// 100 groups (10 instances, 10 models) of 20 series: requests by status, tokens in and out, retries, and a histogram of durations with 14 buckets and its
/// count. Requests come at random (Poisson) at rates between 0.02 and 4 a second that follow the time of day; durations are log-normal; tokens are sums over
/// the requests.
struct BenchSeries {
    static let seriesCount = 2_000
    static let stepMilliseconds: Int64 = 15_000
    private static let limits = [0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5, 8, 15, 30]
    private static let models = [
        ("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("openai", "o3-mini"), ("anthropic", "claude-sonnet-4"), ("anthropic", "claude-haiku-4"), ("google", "gemini-2.5-pro"),
        ("google", "gemini-2.5-flash"), ("mistral", "mistral-large"), ("deepseek", "deepseek-chat"), ("groq", "llama-3.3-70b"),
    ]

    let labels: [SeriesLabels]
    private(set) var values: [Double]
    private var groups: [Group] = []
    private var random: BenchRandom
    private let step: Double

    private struct Group {
        let rate: Double
        let medianSeconds: Double
        let tokens: Double
        let errorShare: Double
        let phase: Double
    }

    /// - Parameter seed: other data of the same kind for another seed.
    init(seed: UInt64 = 1) {
        random = BenchRandom(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var labels: [SeriesLabels] = []
        for instance in 0..<10 {
            for (provider, model) in Self.models {
                let common = ["instance": "gateway-\(instance):9090", "job": "gateway", "provider": provider, "model": model]
                func series(_ name: String, _ more: [String: String] = [:]) {
                    labels.append(SeriesLabels(common.merging(more) { $1 }.map { SeriesLabel($0.key, $0.value) } + [SeriesLabel(SeriesLabels.metricName, name)]))
                }
                for status in ["200", "500"] { series("llm_requests_total", ["status": status]) }
                series("llm_tokens_total", ["type": "input"])
                series("llm_tokens_total", ["type": "output"])
                series("llm_retries_total")
                for limit in Self.limits { series("llm_request_duration_seconds_bucket", ["le": "\(limit)"]) }
                series("llm_request_duration_seconds_bucket", ["le": "+Inf"])
                series("llm_request_duration_seconds_count")
                groups.append(
                    Group(
                        rate: 0.02 * pow10(random.uniform() * 2.3), medianSeconds: 0.4 + 2 * random.uniform(), tokens: 200 + 800 * random.uniform(),
                        errorShare: 0.002 + 0.03 * random.uniform(), phase: random.uniform()))
            }
        }
        self.labels = labels
        values = labels.map { _ in 0 }
        step = Double(Self.stepMilliseconds) / 1_000
    }

    /// Moves on by a step: `values` are what a scrape at that time sees.
    ///
    /// - Parameter index: steps since the start.
    mutating func advance(_ index: Int) {
        let day = Double(index) * step / 86_400
        for group in groups.indices { advance(group, day: day) }
    }

    private mutating func advance(_ index: Int, day: Double) {
        let group = groups[index]
        let at = index * 20
        let wave = 1 + 0.6 * sine(day + group.phase * 0.2)
        let requests = random.poisson(group.rate * wave * step)
        if requests == 0 { return }
        let failed = random.poisson(Double(requests) * group.errorShare)
        values[at] += Double(max(0, requests - failed))
        values[at + 1] += Double(min(requests, failed))
        var (input, output) = (0.0, 0.0)
        for _ in 0..<requests {
            input += (group.tokens * random.logNormal(0.8)).rounded()
            output += (group.tokens / 3 * random.logNormal(0.7)).rounded()
            let seconds = group.medianSeconds * random.logNormal(0.7)
            for (place, limit) in Self.limits.enumerated() where seconds <= limit { values[at + 5 + place] += 1 }
        }
        values[at + 2] += input
        values[at + 3] += output
        values[at + 4] += Double(random.poisson(Double(requests) * 0.01))
        values[at + 5 + Self.limits.count] += Double(requests)
        values[at + 6 + Self.limits.count] += Double(requests)
    }
}
