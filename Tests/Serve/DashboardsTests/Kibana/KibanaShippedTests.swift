import ByteCoding
import Foundation
import Testing

@testable import Dashboards

/// The dashboards that come with the program, as Kibana gets them.
struct KibanaShippedTests {
    /// The dashboard over Gatewatch's own documents, and what is told of it for each shape of documents. How the shapes differ is in the golden files of the fixture.
    @Test(arguments: ShippedFiles.ids) func isWrittenAsTheGoldenFileSays(_ id: String) throws {
        let dashboard = try DashboardReader.read(ShippedFiles.text(id), id: id)
        guard dashboard.exports.contains(.kibana) else { return }
        var members: [JSONValue.Member] = []
        for source in KibanaSource.allCases {
            let result = KibanaExport(source: source).export([dashboard])
            if source == .gatewatch { members.append(JSONValue.Member(name: "dashboard", value: try Self.dashboard(result.text) ?? .null)) }
            for (name, remarks) in [("left out", result.omissions), ("notes", result.notes)] {
                members.append(JSONValue.Member(name: "\(name), \(source.rawValue)", value: .texts(remarks.map { "\($0.panel): \($0.reason)" })))
            }
        }
        try GoldenFile("kibana/shipped/\(id).json").compare(ReadableJSON.text(.object(members)))
    }

    /// A golden file of a dashboard that is gone would be a claim that nothing checks.
    @Test func everyGoldenFileBelongsToADashboard() throws {
        for (folder, kind) in [("grafana", Dashboard.Export.grafana), ("kibana/shipped", .kibana)] {
            let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden/\(folder)")
            let files = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            let wanted = try ShippedFiles.ids.filter { try DashboardReader.read(ShippedFiles.text($0), id: $0).exports.contains(kind) }
            #expect(files == wanted.map { $0 + ".json" })
        }
    }

    private static func dashboard(_ text: String) throws -> JSONValue? {
        try text.split(separator: "\n").map { try JSONValue.parse(String($0)) }.first { $0["type"]?.string == "dashboard" }
    }
}
