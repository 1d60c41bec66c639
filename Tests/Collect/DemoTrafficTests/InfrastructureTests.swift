import DemoTraffic
import GatewayModel
import Testing

/// Series of a span, by their labels as text, with what their scrapes brought.
private struct Scraped {
    var samples: [SeriesLabels: [(time: Int64, value: Double)]] = [:]

    init(_ traffic: DemoTraffic, from: Timestamp, to: Timestamp) {
        var machines = traffic.infrastructure(from: from)
        while let batch = machines.next(until: to) {
            for (index, series) in batch.series.enumerated() {
                let labels = unsafe batch.keys[batch.keyRange(index)].withUnsafeBytes { unsafe SeriesKey.labels(of: $0) } ?? .none
                #expect(series.sampleEnd >= batch.sampleRange(index).lowerBound)
                samples[labels, default: []] += batch.sampleRange(index).map { (batch.times[$0], batch.values[$0]) }
            }
        }
    }

    func series(_ name: String, _ labels: [String: String] = [:]) -> [[(time: Int64, value: Double)]] {
        samples.filter { key, _ in key.metricName == name && labels.allSatisfy { key[$0.key] == $0.value } }.map(\.value)
    }

    /// The mean over all series and instants at `range`.
    func mean(_ name: String, _ labels: [String: String] = [:], from: Timestamp, minutes: Int64) -> Double {
        let start = from.microseconds / 1_000
        let values = series(name, labels).joined().filter { $0.time >= start && $0.time < start + minutes * 60_000 && !$0.value.isNaN }.map(\.value)
        return values.reduce(0, +) / Double(max(values.count, 1))
    }
}

@Suite struct InfrastructureTests {
    private static let now = Timestamp(microseconds: 1_772_700_000_000_000)
    private static let traffic = DemoTraffic(seed: 7, now: now) { _, _, _, _, _, _, _ in 0 }
    private static let midnight = Int64(now.utcDay) * Timestamp.microsecondsPerDay

    private static func at(day: Int64, _ hour: Int64, _ minute: Int64) -> Timestamp {
        Timestamp(microseconds: midnight + day * Timestamp.microsecondsPerDay + (hour * 60 + minute) * 60_000_000)
    }

    @Test func theSameSeedBringsTheSameSamples() {
        let from = Self.at(day: -1, 3, 0)
        let first = Scraped(Self.traffic, from: from, to: Self.at(day: -1, 3, 20))
        let second = Scraped(Self.traffic, from: from, to: Self.at(day: -1, 3, 20))
        #expect(first.samples.count > 300 && first.samples.count < 500)
        #expect(first.samples.keys == second.samples.keys)
        for (labels, samples) in first.samples {
            #expect(samples.map(\.time) == second.samples[labels]?.map(\.time))
            #expect(samples.map(\.value.bitPattern) == second.samples[labels]?.map(\.value.bitPattern))
        }
    }

    @Test func timesAscendAndAreCloserTheNearerTheyAre() throws {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -5, 0, 0), to: Self.now)
        let times = try #require(scraped.series("up", ["job": "node", "instance": "apisix-0:9100"]).first).map(\.time)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(Set(gaps).isSubset(of: [15_000, 30_000, 45_000, 60_000, 90_000, 105_000, 120_000]))
        #expect(gaps.first == 120_000 && gaps.last == 15_000)
        #expect(times.allSatisfy { $0 < Self.now.microseconds / 1_000 })
    }

    @Test func countersOnlyRiseButWhereTheirProgramRestarts() {
        // The upgrade restarts each gateway twice.
        let scraped = Scraped(Self.traffic, from: Self.at(day: -6, 9, 0), to: Self.at(day: -6, 10, 30))
        for (labels, samples) in scraped.samples {
            guard let name = labels.metricName, name.hasSuffix("_total") || name.hasSuffix("_count") || name.hasSuffix("_bucket") else { continue }
            let falls = zip(samples, samples.dropFirst()).filter { !$0.value.isNaN && !$1.value.isNaN && $1.value < $0.value }.count
            #expect(falls == 0, "\(name)")
        }
        let gateway = scraped.series("up", ["job": "apisix", "instance": "apisix-1:9091"]).joined().map(\.value)
        #expect(gateway.contains(0) && gateway.last == 1)
        let marks = scraped.series("apisix_etcd_reachable", ["instance": "apisix-1:9091"]).joined().filter { SampleColumns.isStale($0.value) }
        #expect(!marks.isEmpty)
    }

    @Test func bucketsOfAHistogramRiseWithTheirLimitAndEndAtTheCount() throws {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -2, 10, 0), to: Self.at(day: -2, 12, 0))
        for (name, job) in [("apisix_http_latency", "apisix"), ("vllm:time_to_first_token_seconds", "vllm"), ("vllm:e2e_request_latency_seconds", "vllm")] {
            let instances = Set(scraped.samples.keys.filter { $0["job"] == job }.compactMap { $0["instance"] })
            for instance in instances {
                let buckets = scraped.samples.filter { $0.key.metricName == name + "_bucket" && $0.key["instance"] == instance }
                    .sorted { (Double($0.key["le"] ?? "") ?? 0) < (Double($1.key["le"] ?? "") ?? 0) }
                let last = buckets.map { $0.value.last?.value ?? -1 }
                #expect(last == last.sorted())
                let count = try #require(scraped.series(name + "_count", ["instance": instance]).first?.last?.value)
                #expect(last.last == count && count > 0, "\(name) \(instance)")
            }
        }
    }

    @Test func sharesStayShares() {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -3, 10, 0), to: Self.at(day: -3, 11, 0))
        for sample in scraped.series("vllm:kv_cache_usage_perc").joined() { #expect((0...1).contains(sample.value)) }
        for sample in scraped.series("DCGM_FI_DEV_GPU_UTIL").joined() { #expect((0...100).contains(sample.value)) }
        for sample in scraped.samples.values.joined() where !sample.value.isNaN { #expect(sample.value >= 0 && sample.value.isFinite) }
        #expect(scraped.samples.values.joined().allSatisfy { !($0.value.sign == .minus) })
    }

    @Test func whileTheGatewaysAreSilentNothingIsAnswered() {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -10, 2, 20), to: Self.at(day: -10, 3, 10))
        for samples in scraped.series("apisix_http_requests_total") {
            let during = samples.filter { $0.time > Self.at(day: -10, 2, 38).microseconds / 1_000 && $0.time < Self.at(day: -10, 2, 51).microseconds / 1_000 }.map(\.value)
            #expect(Set(during).count == 1)
        }
        #expect(scraped.mean("apisix_nginx_http_current_connections", ["state": "waiting"], from: Self.at(day: -10, 2, 40), minutes: 10) == 0)
        #expect(scraped.mean("apisix_nginx_http_current_connections", ["state": "waiting"], from: Self.at(day: -10, 2, 20), minutes: 10) > 10)
    }

    @Test func theCreepingServerFillsItsCacheUntilItIsRestarted() {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -15, 0, 0), to: Self.at(day: -13, 6, 0))
        let before = scraped.mean("vllm:kv_cache_usage_perc", from: Self.at(day: -15, 0, 0), minutes: 120)
        let worst = scraped.mean("vllm:kv_cache_usage_perc", from: Self.at(day: -14, 21, 0), minutes: 180)
        let after = scraped.mean("vllm:kv_cache_usage_perc", from: Self.at(day: -13, 1, 0), minutes: 120)
        #expect(worst > before + 0.4 && after < worst - 0.4)
        #expect(scraped.series("up", ["job": "vllm"]).allSatisfy { $0.contains { $0.value == 0 } })
    }

    @Test func theRunawayScriptShowsInStatusCodesCPUAndRejectedWrites() {
        let scraped = Scraped(Self.traffic, from: Self.at(day: -3, 9, 40), to: Self.at(day: -3, 11, 0))
        func rise(_ name: String, _ labels: [String: String], from: Timestamp, minutes: Int64) -> Double {
            let start = from.microseconds / 1_000
            return scraped.series(name, labels).reduce(0) { sum, samples in
                let span = samples.filter { $0.time >= start && $0.time < start + minutes * 60_000 }.map(\.value)
                return sum + (span.last ?? 0) - (span.first ?? 0)
            }
        }
        #expect(rise("apisix_http_status", ["code": "429"], from: Self.at(day: -3, 10, 21), minutes: 20) > 50 * max(1, rise("apisix_http_status", ["code": "429"], from: Self.at(day: -3, 9, 45), minutes: 20)))
        #expect(rise("elasticsearch_thread_pool_rejected_count", ["type": "write"], from: Self.at(day: -3, 10, 21), minutes: 20) > 20)
        #expect(rise("elasticsearch_thread_pool_rejected_count", [:], from: Self.at(day: -3, 9, 45), minutes: 30) == 0)
        let idle = ["mode": "idle"]
        #expect(rise("node_cpu_seconds_total", idle, from: Self.at(day: -3, 10, 21), minutes: 20) < 0.9 * rise("node_cpu_seconds_total", idle, from: Self.at(day: -3, 9, 45), minutes: 20))
    }
}
