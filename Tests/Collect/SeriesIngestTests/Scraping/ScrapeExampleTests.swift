import ConfigurationText
import Foundation
import SeriesIngest
import Testing

/// The files of `examples/scrape`, which people copy.
@Suite struct ScrapeExampleTests {
    private static let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../examples/scrape").standardizedFileURL
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

    private static func read(_ name: String) throws -> ScrapeConfiguration {
        try ScrapeConfigurationReader.read(String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8), folder: "/")
    }

    @Test func thereIsOneForEachComponent() {
        #expect(Self.names == ["all.yaml", "apisix.yaml", "dcgm.yaml", "elasticsearch.yaml", "node.yaml", "vllm.yaml"])
    }

    @Test(arguments: names) func theScraperTakesIt(_ name: String) throws {
        let configuration = try Self.read(name)
        #expect(!configuration.jobs.isEmpty && configuration.ignoredSections.isEmpty)
        if name != "all.yaml" { #expect(configuration.jobs.map(\.name) == [String(name.dropLast(5))]) }
    }

    @Test func theWholeFileHasTheJobsOfTheOthers() throws {
        let single = try Self.names.filter { $0 != "all.yaml" }.flatMap { try Self.read($0).jobs.map(\.name) }
        #expect(try Self.read("all.yaml").jobs.map(\.name).sorted() == single.sorted())
    }
}
