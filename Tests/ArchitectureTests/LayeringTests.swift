import Foundation
import Testing

/// The stage folders in the order of the data's flow, and the targets in each: an import may only lead to a stage before its own,
/// or within Serve to a target listed earlier.
private let stages = ["Base", "Collect", "Keep", "Query", "React", "Serve"]

/// Within a stage only these imports are allowed (importer, imported).
private let neighbours: Set<[String]> = [
    ["GatewayModel", "ByteCoding"], ["ByteCoding", "CZlib"], ["ByteCoding", "CZstd"],
    ["RequestMetrics", "RequestQuery"], ["RequestStorage", "DurableFiles"], ["SeriesStorage", "DurableFiles"],
    ["ConfigurationText", "GatewayModel"], ["AlertRules", "TextTemplates"], ["AlertRouting", "TextTemplates"],
    ["AlertDelivery", "TextTemplates"], ["AlertDelivery", "AlertRouting"], ["AlertDelivery", "AlertRules"], ["gatewatch", "Outbound"],
    ["WebAPI", "HTTPTransport"], ["WebAPI", "Dashboards"], ["gatewatch", "Dashboards"], ["gatewatch", "HTTPTransport"], ["gatewatch", "WebAPI"],
]

/// Collect, Keep and Query meet only through the protocols of Base.
private let apart: Set<String> = ["Collect", "Keep", "Query"]

private struct SourceFile: CustomTestStringConvertible, Sendable {
    let path: String
    let stage: String
    let target: String
    let imports: [String]
    let lines: Int
    var testDescription: String { path }
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private let sources: [SourceFile] = {
    let folder = root.appendingPathComponent("Sources").resolvingSymlinksInPath()
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return files.filter { $0.pathExtension == "swift" }.compactMap { file in
        let components = file.standardizedFileURL.path.dropFirst(folder.standardizedFileURL.path.count + 1).split(separator: "/").map(String.init)
        guard components.count >= 3, let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let imports = lines.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position <= 2, words.prefix(position).allSatisfy({ ["package", "internal", "public", "private", "@preconcurrency"].contains($0) })
            else { return nil }
            return words.last.map(String.init)
        }
        return SourceFile(path: components.joined(separator: "/"), stage: components[0], target: components[1], imports: imports, lines: lines.count)
    }
}()

private let stageOfTarget: [String: String] = {
    var map = Dictionary(sources.map { ($0.target, $0.stage) }, uniquingKeysWith: { first, _ in first })
    map["CZlib"] = "Base"
    map["CZstd"] = "Base"
    return map
}()

struct LayeringTests {
    @Test func sourcesAreFound() { #expect(sources.count > 20) }

    /// A target that is missing from the manifest would not be built, and nothing would fail.
    @Test func everyFolderOfTestsIsATarget() throws {
        let manifest = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let tests = root.appendingPathComponent("Tests")
        let stageFolders = try FileManager.default.contentsOfDirectory(at: tests, includingPropertiesForKeys: nil).filter { stages.contains($0.lastPathComponent) }
        let folders = try stageFolders.flatMap { stage in
            try FileManager.default.contentsOfDirectory(at: stage, includingPropertiesForKeys: nil).map { "Tests/\(stage.lastPathComponent)/\($0.lastPathComponent)" }
        }
        #expect(folders.count > 10)
        for folder in folders { #expect(manifest.contains("path: \"\(folder)\""), "\(folder) is no target of Package.swift") }
    }

    @Test(arguments: sources) private func importsFollowTheDataFlow(_ file: SourceFile) throws {
        let own = try #require(stages.firstIndex(of: file.stage), "\(file.stage) is no stage")
        for imported in file.imports {
            guard let stage = stageOfTarget[imported], let position = stages.firstIndex(of: stage) else { continue }
            if stage == file.stage {
                #expect(imported == file.target || neighbours.contains([file.target, imported]), "\(file.target) must not import its neighbour \(imported)")
            } else {
                #expect(position < own, "\(file.target) (\(file.stage)) must not import \(imported) (\(stage)): against the data's flow")
                #expect(!(apart.contains(file.stage) && apart.contains(stage)), "\(file.target) must meet \(imported) through GatewayModel's protocols")
            }
        }
    }

    @Test(arguments: sources) private func onlyServeSpeaksHTTP(_ file: SourceFile) {
        guard file.stage != "Serve" else { return }
        #expect(file.imports.allSatisfy { !$0.hasPrefix("NIO") && $0 != "Logging" && $0 != "ServiceLifecycle" }, "\(file.path)")
    }

    @Test func baseDoesNotNeedFoundationInItsModel() {
        for file in sources where file.target == "GatewayModel" { #expect(!file.imports.contains("Foundation"), "\(file.path)") }
    }
}
