import ConfigurationText
import GatewayModel
import SeriesIngest
import Synchronization
import Testing

struct ScrapeTargetTests {
    private func found(_ job: String) throws -> [FoundTarget] {
        let job = try #require(ScrapeConfigurationReader.read("scrape_configs:\n- job_name: j\n" + job, folder: "/").jobs.first)
        return job.staticGroups.flatMap { job.targets(of: $0) }
    }

    @Test func targetsGetJobInstanceAndURL() throws {
        let found = try found("  params: {b: [x y, z], a: ['&']}\n  static_configs: [{targets: ['h:1'], labels: {team: t, __scheme__: https}}]\n")
        guard case .active(let target) = found.first else { return #expect(Bool(false), "\(found)") }
        #expect(target.labels.labels.map { "\($0.name)=\($0.value)" } == ["instance=h:1", "job=j", "team=t"])
        #expect(target.url == "https://h:1/metrics?a=%26&b=x%20y&b=z")
        #expect(target.discoveredLabels["__address__"] == "h:1" && target.discoveredLabels["__scrape_interval__"] == "1m" && target.discoveredLabels["__param_b"] == "x y")
        #expect((0..<60_000).contains(target.offset))
    }

    @Test func relabellingMovesAndDropsTargets() throws {
        let found = try found(
            """
              static_configs: [{targets: ['a:1', 'b:2', 'c:3', 'd:4']}]
              relabel_configs:
              - {source_labels: [__address__], regex: 'b:.*', action: drop}
              - {source_labels: [__address__], regex: 'a:(.*)', target_label: __param_target, replacement: 'x$1'}
              - {source_labels: [__address__], regex: 'a:.*', target_label: __address__, replacement: 'prober:9115'}
              - {source_labels: [__address__], regex: 'c:.*', target_label: __address__, replacement: ''}
              - {source_labels: [__address__], regex: 'd:.*', target_label: __scrape_interval__, replacement: '1x'}

            """)
        guard case .active(let target) = found[0], case .dropped(let dropped) = found[1] else { return #expect(Bool(false), "\(found)") }
        #expect(target.url == "http://prober:9115/metrics?target=x1" && target.labels["instance"] == "prober:9115")
        #expect(dropped["__address__"] == "b:2")
        guard case .invalid(_, "no address") = found[2], case .invalid(_, "the scrape interval is no duration greater than 0") = found[3] else { return #expect(Bool(false), "\(found)") }
    }

    // MARK: Files

    /// Files in memory.
    private final class MemoryFolder: TargetFolder {
        let contents = Mutex<[String: (text: String, version: String)]>([:])

        func set(_ path: String, _ text: String?) {
            contents.withLock { files in files[path] = text.map { ($0, String((Int(files[path]?.version ?? "0") ?? 0) + 1)) } }
        }

        func files(_ path: String) -> [(path: String, version: String)] { contents.withLock { files in files[path].map { [(path, $0.version)] } ?? [] } }

        func text(_ path: String) throws(ConfigurationFault) -> String { contents.withLock { $0[path]?.text } ?? "" }
    }

    @Test func changesOfFilesAreSeenAndBrokenOnesChangeNothing() {
        let folder = MemoryFolder()
        var files = FileTargets([FileDiscovery(files: ["/a.json", "/b.yml"], refreshInterval: 60_000)])
        #expect(files.refresh(folder, now: 0).groups.isEmpty)
        folder.set("/a.json", #"[{"targets": ["h:1"], "labels": {"x": "y"}}]"#)
        folder.set("/b.yml", "- targets: [i:2]\n")
        let labels = [SeriesLabel("x", "y"), SeriesLabel("__meta_filepath", "/a.json")]
        let both = [TargetGroup(addresses: ["h:1"], labels: labels), TargetGroup(addresses: ["i:2"], labels: [SeriesLabel("__meta_filepath", "/b.yml")])]
        #expect(files.refresh(folder, now: 1).groups == both)
        folder.set("/a.json", "[{")
        let broken = files.refresh(folder, now: 2)
        #expect(broken.groups == both && broken.problems.count == 1 && broken.problems[0].hasPrefix("/a.json: ") && broken.problems[0].contains("not YAML"))
        folder.set("/a.json", "[{\"target\": []}]")
        #expect(files.refresh(folder, now: 3).problems == ["/a.json: line 1, column 3: there is no key target in [0]; did you mean targets?"])
        folder.set("/a.json", nil)
        #expect(files.refresh(folder, now: 4).groups == [both[1]])
    }
}
