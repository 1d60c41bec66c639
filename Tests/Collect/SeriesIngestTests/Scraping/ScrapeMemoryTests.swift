import GatewayModel
import SeriesIngest
import Testing

struct ScrapeMemoryTests {
    private func memory(_ job: String = "") throws -> ScrapeMemory {
        let text = "scrape_configs:\n- job_name: j\n  static_configs: [{targets: ['h:1']}]\n" + job
        let job = try #require(ScrapeConfigurationReader.read(text, folder: "/").jobs.first)
        guard case .active(let target) = job.targets(of: job.staticGroups[0]).first else { throw ScrapeFailure("no target") }
        return ScrapeMemory(target, job)
    }

    private func answer(_ text: String, _ type: String = "text/plain") -> Result<ScrapeResponse, ScrapeFailure> { .success(ScrapeResponse(contentType: type, body: Array(text.utf8))) }

    /// Without the labels that all have, and without the scrape's own figures.
    private func own(_ outcome: ScrapeMemory.Outcome) -> [String] {
        lines(of: outcome.batch).map { $0.replacing(",instance=h:1,job=j", with: "").replacing("__name__=", with: "") }.filter { !$0.hasPrefix("scrape_") && !$0.hasPrefix("up ") }
    }

    private func figures(_ outcome: ScrapeMemory.Outcome) -> [String] {
        lines(of: outcome.batch).filter { $0.hasPrefix("__name__=up,") || $0.hasPrefix("__name__=scrape_") }.map { $0.replacing(",instance=h:1,job=j", with: "").replacing("__name__=", with: "") }
    }

    @Test func samplesGetTheTargetsLabelsAndTheScrapesTime() throws {
        var memory = try memory()
        let outcome = memory.finish(answer("a{x=\"1\"} 2\nb 3 700\n"), time: 1_000, seconds: 0.25)
        #expect(outcome.failure == nil)
        #expect(lines(of: outcome.batch).prefix(2) == ["__name__=a,instance=h:1,job=j,x=1 2.0 @1000", "__name__=b,instance=h:1,job=j 3.0 @700"])
        #expect(
            figures(outcome) == [
                "up 1.0 @1000", "scrape_duration_seconds 0.25 @1000", "scrape_samples_scraped 2.0 @1000", "scrape_samples_post_metric_relabeling 2.0 @1000",
                "scrape_series_added 2.0 @1000",
            ])
    }

    @Test func vanishedSeriesEndAndThoseWithTimestampsDoNot() throws {
        var memory = try memory()
        _ = memory.finish(answer("a 1\nb 1\nc 1 500\n"), time: 1_000, seconds: 0)
        let second = memory.finish(answer("a 2\n"), time: 2_000, seconds: 0)
        #expect(own(second) == ["a 2.0 @2000", "b stale @2000"])
        #expect(figures(second).last == "scrape_series_added 0.0 @2000")
        let third = memory.finish(answer("a 3\nb 3\nc 3 600\n"), time: 3_000, seconds: 0)
        #expect(own(third) == ["a 3.0 @3000", "b 3.0 @3000", "c 3.0 @600"])
        #expect(figures(third).last == "scrape_series_added 1.0 @3000")
    }

    @Test func trackedTimestampsEndToo() throws {
        var memory = try memory("  track_timestamps_staleness: true\n")
        _ = memory.finish(answer("c 1 500\n"), time: 1_000, seconds: 0)
        #expect(own(memory.finish(answer(""), time: 2_000, seconds: 0)) == ["c stale @2000"])
    }

    @Test func timestampsAreLeftOutWhenTheJobSaysSo() throws {
        var memory = try memory("  honor_timestamps: false\n")
        #expect(own(memory.finish(answer("c 1 500\n"), time: 1_000, seconds: 0)) == ["c 1.0 @1000"])
    }

    private static let failures: [(String, String?, String)] = [
        ("a 1\nb x\n", "text/plain", "line 2, column 3: the value is not a number"),
        ("a 1\n", "application/openmetrics-text", "line 2, column 1: the text ends without # EOF"),
        ("a 1\n", "text/html", "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target"),
        ("a 1\n", nil, "received unsupported Content-Type \"\" and no fallback_scrape_protocol specified for target"),
        ("a 1\nb 1\nc 1\n", "text/plain", "line 3, column 1: sample limit exceeded: more than sample_limit (2) samples"),
        ("a{l1=\"1\",l2=\"2\",l3=\"3\"} 1\n", "text/plain", "line 1, column 1: label_limit exceeded (metric: a, number of labels: 6, limit: 5)"),
        ("a{l=\"0123456789\"} 1\n", "text/plain", "line 1, column 1: label_value_length_limit exceeded (metric: a, label name: l, limit: 9)"),
    ]

    @Test(arguments: failures) func aFailedScrapeEndsAllSeries(_ text: String, _ type: String?, _ reason: String) throws {
        var memory = try memory("  sample_limit: 2\n  label_limit: 5\n  label_value_length_limit: 9\n")
        _ = memory.finish(answer("a 1\n"), time: 1_000, seconds: 0)
        let outcome = memory.finish(.success(ScrapeResponse(contentType: type, body: Array(text.utf8))), time: 2_000, seconds: 0)
        #expect(outcome.failure == reason)
        #expect(own(outcome) == ["a stale @2000"])
        #expect(figures(outcome).first == "up 0.0 @2000")
        // Ended once, and begun again by the next good scrape.
        #expect(own(memory.finish(.failure(ScrapeFailure("x")), time: 3_000, seconds: 0)) == [])
        #expect(own(memory.finish(answer("a 1\n"), time: 4_000, seconds: 0)) == ["a 1.0 @4000"])
    }

    @Test func theEndOfATargetEndsItsFiguresToo() throws {
        var memory = try memory()
        _ = memory.finish(answer("a 1\n"), time: 1_000, seconds: 0)
        let batch = memory.end(at: 2_000)
        #expect(lines(of: batch).count == 6 && lines(of: batch).allSatisfy { $0.hasSuffix("stale @2000") })
        var unused = try self.memory()
        #expect(unused.end(at: 1).isEmpty)
    }

    @Test func conflictingLabelsAreRenamedOrHonored() throws {
        let text = "a{job=\"mine\",exported_instance=\"e\",instance=\"i\"} 1\n"
        var renaming = try memory()
        #expect(lines(of: renaming.finish(answer(text), time: 1, seconds: 0).batch).first == "__name__=a,exported_exported_instance=i,exported_instance=e,exported_job=mine,instance=h:1,job=j 1.0 @1")
        var honoring = try memory("  honor_labels: true\n")
        #expect(lines(of: honoring.finish(answer(text), time: 1, seconds: 0).batch).first == "__name__=a,exported_instance=e,instance=i,job=mine 1.0 @1")
    }

    @Test func metricRelabellingDropsAndChangesSeries() throws {
        var memory = try memory("  metric_relabel_configs:\n  - {source_labels: [__name__], regex: 'go_.*', action: drop}\n  - {regex: id, action: labeldrop}\n")
        let outcome = memory.finish(answer("go_x 1\na{id=\"7\"} 2\n"), time: 1, seconds: 0)
        #expect(own(outcome) == ["a 2.0 @1"])
        #expect(figures(outcome)[2...3] == ["scrape_samples_scraped 2.0 @1", "scrape_samples_post_metric_relabeling 1.0 @1"])
    }

    @Test func limitsOfBucketsHaveOneSpelling() throws {
        var memory = try memory()
        let first = memory.finish(answer("# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\nb{le=\"1\"} 1\n"), time: 1, seconds: 0)
        #expect(own(first).map { $0.replacing(",instance=h:1,job=j", with: "") } == ["a_bucket,le=1.0 1.0 @1", "a_bucket,le=+Inf 1.0 @1", "b,le=1 1.0 @1"])
        // Spelled differently it is still the same series, so that nothing ends.
        let second = memory.finish(answer("# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"+Inf\"} 1\nb{le=\"1\"} 1\n"), time: 2, seconds: 0)
        #expect(!lines(of: second.batch).contains { $0.contains("stale") })
    }

    @Test func aSeriesThatStandsTwiceCountsOnce() throws {
        var memory = try memory()
        #expect(own(memory.finish(answer("a 1\na 2\na 3 5\na 4 6\n"), time: 9, seconds: 0)) == ["a 1.0 @9", "a 3.0 @5", "a 4.0 @6"])
    }

    @Test func referencesAndDescriptionsAreKept() throws {
        var memory = try memory()
        let text = "# HELP a_total what\n# TYPE a_total counter\na_total 1\n"
        let first = memory.finish(answer(text), time: 1, seconds: 0)
        #expect(first.batch.metadata.last?.metadata == MetricMetadata(.counter, help: "what"))
        var receipt = SampleReceipt()
        receipt.references = first.batch.series.indices.map { SeriesReference(UInt64($0) + 10) }
        memory.learn(receipt)
        let second = memory.finish(answer(text), time: 2, seconds: 0)
        #expect(second.batch.metadata.isEmpty && memory.families["a_total"] == MetricMetadata(.counter, help: "what"))
        #expect(second.batch.series.map(\.reference) == receipt.references)
    }

    @Test func exemplarsAreKept() throws {
        var memory = try memory()
        let outcome = memory.finish(answer("# TYPE a counter\na_total 1 # {t=\"x\"} 2\n# EOF\n", "application/openmetrics-text; version=1.0.0"), time: 7, seconds: 0)
        #expect(outcome.batch.exemplars.map(\.exemplar) == [Exemplar(SeriesLabels([SeriesLabel("t", "x")]), value: 2, time: 7)])
    }

    /// New series in every scrape: those of the past are forgotten, and none ends twice or not at all.
    @Test func churnIsForgotten() throws {
        var memory = try memory()
        for scrape in 1...30 {
            let text = (0..<1_000).map { "a{id=\"\(scrape)-\($0)\"} 1\n" }.joined()
            let outcome = memory.finish(answer(text), time: Int64(scrape), seconds: 0)
            #expect(lines(of: outcome.batch).filter { $0.contains("stale") }.count == (scrape > 1 ? 1_000 : 0))
        }
    }
}
