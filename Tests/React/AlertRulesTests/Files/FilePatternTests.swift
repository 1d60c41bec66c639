import AlertRules
import Foundation
import Testing

struct FilePatternTests {
    private static let names = ["a.yml", "b.yml", "rules/ab.yml", "rules/b.yaml", "rules/[x].yml", "rules/deep/c.yml", "other/b.yml"]

    @Test(arguments: [
        ("*.yml", ["a.yml", "b.yml"]),
        ("rules/*", ["rules/[x].yml", "rules/ab.yml", "rules/b.yaml", "rules/deep"]),
        ("*/b.y*", ["other/b.yml", "rules/b.yaml"]),
        ("rules/?b.yml", ["rules/ab.yml"]),
        ("[a-b].yml", ["a.yml", "b.yml"]),
        ("[^a].yml", ["b.yml"]),
        ("rules/\\[x\\].yml", ["rules/[x].yml"]),
        ("rules/**/c.yml", ["rules/deep/c.yml"]),
        ("*a*b*.yml", []),
        ("a.yml", ["a.yml"]),
        ("missing.yml", []),
        ("", []),
    ])
    func standsForTheFilesThatGoFinds(pattern: String, expected: [String]) throws {
        let folder = try TemporaryFolder()
        for name in Self.names { try folder.write("", to: name) }
        let found = try FilePattern(pattern).files(in: folder.url.path)
        #expect(found == expected.map { folder.url.path + (folder.url.path.hasSuffix("/") ? "" : "/") + $0 })
    }

    @Test(arguments: ["[", "[]", "[a", "a\\", "[z-a]", "[a-", "[-x]"]) func refusesWhatGoRefuses(pattern: String) {
        #expect(throws: FilePatternError.self) { try FilePattern(pattern) }
    }

    /// A naive matcher would try every way of cutting the name.
    @Test func manyStarsCostLittle() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: String(repeating: "a", count: 200))
        #expect(try FilePattern(String(repeating: "a*", count: 60) + "b").files(in: folder.url.path).isEmpty)
    }
}
