import ByteCoding
import GatewayModel
import Testing

@testable import Ingest

/// Shorthands with which the tests read documents.
enum Reading {
    /// The instant that the tests take as now: 2025-12-25T09:00:00Z.
    static let now = Timestamp(microseconds: 1_766_653_200_000_000)
    static let key = SipHash(key0: 1, key1: 2)
    /// Keeps everything since 2020.
    static let acceptable = Timestamp(microseconds: 1_577_836_800_000_000)...Timestamp(microseconds: 4_102_444_800_000_000)

    static func context(_ door: IngestDoor = .elasticsearch, now: Timestamp = now) -> IngestContext {
        IngestContext(door: door, receivedAt: now, acceptable: acceptable)
    }

    static func pipeline(
        users: PrivacyRules.Users = .hash, addresses: PrivacyRules.Addresses = .network, providers: [String: String] = [:], fields: [String: String] = [:],
        prices: PriceBook? = nil, documentBytesMax: Int = 16 << 20
    ) throws -> IngestPipeline {
        let privacy = PrivacyRules(users: users, addresses: addresses, key: key)
        let settings = IngestSettings(providers: providers, fields: fields, privacy: privacy, documentBytesMax: documentBytesMax)
        return try IngestPipeline(settings: settings, prices: prices)
    }

    /// All fields of the one record that a body holds, by name, in inside units.
    static func record(_ body: String, door: IngestDoor = .apisix, pipeline: IngestPipeline? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: String] {
        let result = try (pipeline ?? self.pipeline()).readItems(Array(body.utf8), context(door))
        try #require(result.batch.count == 1, "rejected: \(result.rejected)", sourceLocation: sourceLocation)
        return row(0, of: result.batch)
    }

    static func row(_ row: Int, of batch: RecordBatch) -> [String: String] {
        var values: [String: String] = [:]
        for field in batch.fields {
            if field.kind == .integer { values[field.name] = batch.integer(field, row: row).map(String.init) } else { values[field.name] = batch.text(field, row: row) }
        }
        return values
    }

    /// The code with which the one document of a body is refused.
    static func refusal(_ body: String, door: IngestDoor = .apisix, now: Timestamp = now) throws -> RejectedItem {
        let result = try pipeline().readItems(Array(body.utf8), context(door, now: now))
        #expect(result.batch.count == 0)
        return try #require(result.rejected.first)
    }
}

/// Documents of the tests, by name, so that a failure names the one.
struct NamedCase<Value: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let value: Value
    var testDescription: String { name }

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
