import Foundation
import Testing

@testable import Dashboards

struct UnifiedDiffTests {
    private static func text(_ random: inout SeededRandom, lines: Int) -> String {
        let text = (0..<lines).map { _ in ["a", "b", "c", "", "long line"].randomElement(using: &random) ?? "" }.joined(separator: "\n")
        return Bool.random(using: &random) ? text : text + "\n"
    }

    /// What `diff` says about two files in a folder of its own, and what `patch` makes of ours.
    private func withFiles<Result>(_ old: String, _ new: String, _ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(old.utf8).write(to: folder.appending(path: "old"))
        try Data(new.utf8).write(to: folder.appending(path: "new"))
        return try body(folder)
    }

    private func run(_ program: String, _ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    private func changes(_ diff: String) -> Int { diff.split(separator: "\n").dropFirst(2).filter { $0.hasPrefix("+") || $0.hasPrefix("-") }.count }

    /// Whether `patch` is installed here.
    private static let hasPatch = FileManager.default.isExecutableFile(atPath: "/usr/bin/patch")

    @Test(.enabled(if: hasPatch), arguments: 0..<40) func patchMakesTheNewTextOfItAndDiffFindsNoFewerChanges(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let old = Self.text(&random, lines: Int.random(in: 0...40, using: &random)), new = Self.text(&random, lines: Int.random(in: 0...40, using: &random))
        let ours = UnifiedDiff.text(from: old, to: new, oldName: "old", newName: "new")
        try withFiles(old, new) { folder in
            #expect(changes(ours) == changes(try run("diff", ["-u", "--minimal", "old", "new"], in: folder)))
            guard !ours.isEmpty else { return #expect(old == new) }
            try Data(ours.utf8).write(to: folder.appending(path: "patch"))
            let said = try run("patch", ["--no-backup-if-mismatch", "-o", "made", "old", "patch"], in: folder)
            // A patch that leaves nothing leaves no file.
            let made = (try? String(contentsOf: folder.appending(path: "made"), encoding: .utf8)) ?? ""
            #expect(made == new, "\(said)\n\(ours)")
        }
    }

    @Test func aChangedLineIsToldAsDiffTellsIt() throws {
        let old = (1...20).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 3\n", with: "line three\n").replacing("line 18\n", with: "") + "line 21"
        let ours = UnifiedDiff.text(from: old, to: new, oldName: "old", newName: "new")
        let theirs = try withFiles(old, new) { try run("diff", ["-u", "--label", "old", "--label", "new", "old", "new"], in: $0) }
        #expect(ours == theirs)
    }

    @Test func whatIsTheSameHasNoDifference() {
        #expect(UnifiedDiff.text(from: "a\nb\n", to: "a\nb\n", oldName: "a", newName: "b").isEmpty)
        #expect(UnifiedDiff.text(from: "", to: "", oldName: "a", newName: "b").isEmpty)
    }

    @Test func textsWithNothingInCommonAreOnePiece() {
        let old = (0..<3_000).map { "old \($0)\n" }.joined(), new = (0..<3_000).map { "new \($0)\n" }.joined()
        let diff = UnifiedDiff.text(from: old, to: new, oldName: "a", newName: "b")
        #expect(diff.hasPrefix("--- a\n+++ b\n@@ -1,3000 +1,3000 @@\n-old 0\n"))
        #expect(changes(diff) == 6_000)
    }
}
