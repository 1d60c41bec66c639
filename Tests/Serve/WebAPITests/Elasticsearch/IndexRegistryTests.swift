import ByteCoding
import Foundation
import Testing

@testable import WebAPI

struct IndexRegistryTests {
    private static func policy(_ age: String) throws -> JSONValue {
        try .parsed(#"{"policy":{"phases":{"hot":{"actions":{}},"delete":{"min_age":"\#(age)","actions":{"delete":{}}}}}}"#)
    }

    private static func template(_ settings: String) throws -> JSONValue { try .parsed(#"{"index_patterns":["a*"],"template":{"settings":\#(settings)}}"#) }

    @Test func declarationsSurviveReopening() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("elasticsearch.json")
        let mapping = try JSONValue.parsed(#"{"mappings":{"properties":{"ä":{"type":"keyword"}}}}"#)
        let registry = try IndexRegistry(file: file)
        #expect(registry.put(.indices, "logs", mapping) == nil)
        #expect(registry.put(.policies, "p", try Self.policy("30d")) == nil)
        #expect(registry.put(.indexTemplates, "t", try Self.template(#"{"index.lifecycle.name":"p"}"#)) == nil)
        #expect(registry.put(.legacyTemplates, "old", .object([])) == nil)
        #expect(try registry.remove(.legacyTemplates, "old"))

        let reopened = try IndexRegistry(file: file)
        #expect(reopened.entry(.indices, "logs") == mapping)
        #expect(reopened.names(.indexTemplates) == ["t"])
        #expect(reopened.names(.legacyTemplates) == [])
        #expect(reopened.retentionDays == 30)
    }

    @Test func removingWhatIsNotThereSaysSo() throws {
        let registry = try IndexRegistry(file: nil)
        #expect(try !registry.remove(.policies, "p"))
    }

    @Test func policyCountsItsVersions() throws {
        let registry = try IndexRegistry(file: nil)
        for _ in 0..<3 { #expect(registry.put(.policies, "p", try Self.policy("1d")) == nil) }
        #expect(registry.policyVersion("p") == 3)
    }

    @Test func whatCannotBeWrittenIsNotKept() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("sub/elasticsearch.json")
        try folder.write("{}", to: "sub/elasticsearch.json")
        let registry = try IndexRegistry(file: file)
        #expect(registry.put(.indices, "kept", .object([])) == nil)
        try FileManager.default.removeItem(at: file.deletingLastPathComponent())

        #expect(registry.put(.indices, "lost", .object([]))?.status == .tooManyRequests)
        #expect(throws: ElasticError.self) { try registry.remove(.indices, "kept") }
        #expect(registry.names(.indices) == ["kept"])
    }

    @Test(arguments: ["", "{", "[]", #"{"indices":{}"#, "\u{0}"]) func damagedFileIsNotTakenForAnEmptyOne(_ content: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(content, to: "elasticsearch.json")
        #expect(throws: (any Error).self) { try IndexRegistry(file: folder.url.appendingPathComponent("elasticsearch.json")) }
    }

    @Test func unreadableFileIsNotTakenForAMissingOne() throws {
        let folder = try TemporaryFolder()
        #expect(throws: (any Error).self) { try IndexRegistry(file: folder.url) }
    }

    @Test func kindsHoldALimitedNumberOfDeclarations() throws {
        let registry = try IndexRegistry(file: nil)
        for number in 0..<IndexRegistry.entriesMax { #expect(registry.put(.indices, "i\(number)", .null) == nil) }
        #expect(registry.put(.indices, "one-more", .null)?.type == "illegal_argument_exception")
        #expect(registry.put(.indices, "i0", .bool(true)) == nil)
        #expect(registry.put(.policies, "p", .null) == nil)
    }

    /// A delete phase's `min_age` and the days kept.
    static let ages: [NamedCase<Int?>] = [
        NamedCase("30d", 30), NamedCase("90d", 90), NamedCase("720h", 30), NamedCase("721h", 31), NamedCase("1440m", 1), NamedCase("1441m", 2), NamedCase("86400s", 1),
        NamedCase("172800000ms", 2), NamedCase("2592000s", 30), NamedCase("1ms", 1), NamedCase("0d", 1), NamedCase("0ms", 1), NamedCase("", nil), NamedCase("d", nil), NamedCase("30", nil),
        NamedCase("30x", nil), NamedCase("-1d", nil), NamedCase("nand", nil), NamedCase("infd", nil), NamedCase("1e300d", nil), NamedCase("30 years", nil),
    ]

    @Test(arguments: ages) func deleteAgeBecomesWholeDays(_ expected: NamedCase<Int?>) throws {
        #expect(IndexRegistry.deleteDays(of: try Self.policy(expected.name)) == expected.value)
    }

    /// The ways to name a policy in settings.
    static let namings = [
        #"{"index.lifecycle.name":"p"}"#, #"{"index":{"lifecycle":{"name":"p"}}}"#, #"{"index":{"lifecycle.name":"p"}}"#, #"{"lifecycle":{"name":"p"}}"#,
        #"{"lifecycle.name":"p"}"#,
    ]

    @Test(arguments: namings) func policyInUseSetsTheRetention(_ settings: String) throws {
        let registry = try IndexRegistry(file: nil)
        _ = registry.put(.policies, "p", try Self.policy("30d"))
        #expect(registry.retentionDays == nil)
        _ = registry.put(.indexTemplates, "t", try Self.template(settings))
        #expect(registry.retentionDays == 30)
    }

    @Test func indexAndLegacyTemplateUsePoliciesToo() throws {
        let registry = try IndexRegistry(file: nil)
        _ = registry.put(.policies, "short", try Self.policy("7d"))
        _ = registry.put(.policies, "long", try Self.policy("400d"))
        _ = registry.put(.policies, "unused", try Self.policy("900d"))
        _ = registry.put(.indices, "i", try .parsed(#"{"settings":{"index.lifecycle.name":"short"}}"#))
        #expect(registry.retentionDays == 7)
        _ = registry.put(.legacyTemplates, "t", try .parsed(#"{"index_patterns":"a*","settings":{"index.lifecycle.name":"long"}}"#))
        #expect(registry.retentionDays == 400)
        #expect(try registry.remove(.legacyTemplates, "t"))
        #expect(registry.retentionDays == 7)
    }

    @Test func policyWithoutDeletePhaseKeepsNothingShorter() throws {
        let registry = try IndexRegistry(file: nil)
        _ = registry.put(.policies, "p", try .parsed(#"{"policy":{"phases":{"hot":{}}}}"#))
        _ = registry.put(.indexTemplates, "t", try Self.template(#"{"index.lifecycle.name":"p"}"#))
        #expect(registry.retentionDays == nil)
    }
}
