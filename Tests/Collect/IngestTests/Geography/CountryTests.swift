import ByteCoding
import Foundation
import GatewayModel
import Glibc
import KeepTestSupport
import Testing

@testable import Ingest

/// MaxMind's published test files, unpacked once into a temporary folder.
private enum MaxMindFiles {
    static let shared: URL = {
        if let path = ProcessInfo.processInfo.environment["GATEWATCH_SHARED"] { return URL(filePath: path, directoryHint: .isDirectory) }
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.deletingLastPathComponent().appending(path: "shared", directoryHint: .isDirectory)
    }()
    static let archive = shared.appending(path: "data/geo/maxmind_db_testdata.tar.gz")
    static let isPresent = FileManager.default.fileExists(atPath: archive.path)
    static let files: [String: [UInt8]] = {
        guard isPresent, let files = try? TarArchive.files(of: archive) else { return [:] }
        return Dictionary(files.map { ($0.path.replacing("./", with: ""), $0.bytes) }) { first, _ in first }
    }()
    static let databases = files.keys.filter { $0.hasSuffix(".mmdb") }.sorted()

    /// Calls `body` with the path of a copy of the file.
    static func with<R>(_ name: String, _ body: (String) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gatewatch-geo-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "file.mmdb").path
        try Data(try #require(files[name])).write(to: URL(filePath: path))
        return try body(path)
    }

    /// The file opened; it stays open after its name is gone.
    static func open(_ name: String) throws -> CountryDatabase { try with(name) { try CountryDatabase(path: $0) } }
}

/// The bytes of an address as people write it.
private func bytes(_ text: String) -> [UInt8] {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
    var v6 = in6_addr()
    return inet_pton(AF_INET6, text, &v6) == 1 ? withUnsafeBytes(of: v6) { Array($0) } : []
}

private func country(_ database: CountryDatabase, _ address: [UInt8]) -> String? {
    address.withUnsafeBytes { database.country(of: $0) }.map { code in
        String(decoding: [UInt8(truncatingIfNeeded: code.letters), UInt8(truncatingIfNeeded: code.letters >> 8)], as: UTF8.self)
    }
}

@Suite struct CountryDatabaseTests {
    @Test(.enabled(if: MaxMindFiles.isPresent)) func everyNetworkOfTheSourceHasItsCountry() throws {
        let database = try MaxMindFiles.open("maxmind-db/test-data/GeoLite2-Country-Test.mmdb")
        let source = try #require(MaxMindFiles.files["maxmind-db/source-data/GeoLite2-Country-Test.json"])
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(source)) as? [[String: [String: Any]]])
        var seen = 0
        for (network, facts) in rows.flatMap({ $0 }) {
            func code(_ name: String) -> String? { (facts[name] as? [String: Any])?["iso_code"] as? String }
            let address = bytes(String(network.prefix { $0 != "/" }))
            try #require(!address.isEmpty, "\(network)")
            #expect(country(database, address) == code("country") ?? code("registered_country"), "\(network)")
            seen += 1
        }
        #expect(seen > 200 && database.kind == "GeoLite2-Country" && database.made > 1_500_000_000)
        #expect(country(database, [0, 0, 0, 0]) == nil)
        #expect(country(database, [1, 2, 3]) == nil)
    }

    /// Whatever the file says, an address costs an answer or none.
    @Test(.enabled(if: MaxMindFiles.isPresent), arguments: MaxMindFiles.databases) func noFileBreaksALookUp(_ name: String) throws {
        let database: CountryDatabase
        do { database = try MaxMindFiles.open(name) } catch let error as CountryDatabaseError {
            #expect(!error.message.isEmpty)
            return
        }
        var random = SystemRandomNumberGenerator()
        for number in 0..<2_000 {
            let count = number % 2 == 0 ? 4 : 16
            _ = country(database, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    @Test(.enabled(if: MaxMindFiles.isPresent)) func aFileCutShortOrOfAnotherKindIsRefused() throws {
        let whole = try #require(MaxMindFiles.files["maxmind-db/test-data/GeoLite2-Country-Test.mmdb"])
        let folder = FileManager.default.temporaryDirectory.appending(path: "gatewatch-geo-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in [("cut", Array(whole.prefix(whole.count / 2))), ("text", Array("country,code\n".utf8)), ("empty", [])] {
            let file = folder.appending(path: name)
            try Data(content).write(to: file)
            #expect(throws: CountryDatabaseError.self, "\(name)") { try CountryDatabase(path: file.path) }
        }
        #expect(throws: CountryDatabaseError.self) { try CountryDatabase(path: folder.appending(path: "missing").path) }
    }
}

@Suite struct CountryOfARecordTests {
    private static func entry(_ address: String, headers: String = "") -> String {
        #"{"request":{"uri":"/","method":"GET","headers":{\#(headers)}},"response":{"status":200},"start_time":1766650000000,"latency":1,"client_ip":"\#(address)"}"#
    }

    private static func pipeline(_ rules: GeographyRules, addresses: PrivacyRules.Addresses = .network) throws -> IngestPipeline {
        let privacy = PrivacyRules(users: .hash, addresses: addresses, key: Reading.key)
        return try IngestPipeline(settings: IngestSettings(privacy: privacy, geography: rules), prices: nil)
    }

    private static func record(_ body: String, _ rules: GeographyRules = GeographyRules(), addresses: PrivacyRules.Addresses = .network) throws -> [String: String] {
        try Reading.record(body, pipeline: pipeline(rules, addresses: addresses))
    }

    static let privateOnes = ["10.4.7.21", "127.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1", "::1", "fd00::7", "fe80::1", "::ffff:10.0.0.1"]
    static let publicOnes = ["8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2001:4860::1", "::ffff:8.8.8.8", "11.0.0.1"]

    @Test(arguments: privateOnes) func privateAddressesAreToldApart(_ address: String) throws {
        #expect(try Self.record(Self.entry(address))["country"] == "private")
    }

    @Test(arguments: publicOnes) func publicAddressesHaveNoCountryWithoutAFile(_ address: String) throws {
        #expect(try Self.record(Self.entry(address))["country"] == nil)
    }

    static let headers: [(String, String?)] = [
        (#""cf-ipcountry":"DE""#, "DE"), (#""cf-ipcountry":"de""#, "DE"), (#""x-country-code":"US","host":"a""#, "US"), (#""cf-ipcountry":"XX""#, "private"),
        (#""cf-ipcountry":"T1""#, "private"), (#""cf-ipcountry":"Germany""#, "private"), (#""cf-ipcountry":"""#, "private"), (#""cf-ipcountry":["FR","DE"]"#, "FR"),
        (#""x-other":"FR""#, "private"), (#""cf-ipcountry":"FR","x-country-code":"DE""#, "FR"), (#""cf-ipcountry":"D\u0001""#, "private"),
    ]

    @Test(arguments: headers) func aHeaderSaysTheCountryBeforeTheAddress(_ headers: String, _ expected: String?) throws {
        #expect(try Self.record(Self.entry("10.4.7.21", headers: headers))["country"] == expected)
    }

    @Test func aHeaderThatIsNoCountryIsCounted() throws {
        let result = try Self.pipeline(GeographyRules()).readItems(Array(Self.entry("8.8.8.8", headers: #""cf-ipcountry":"Germany""#).utf8), Reading.context(.apisix))
        #expect(result.counters.rejectedFields[Int(RequestField.country.rawValue)] == 1)
        let unknown = try Self.pipeline(GeographyRules()).readItems(Array(Self.entry("8.8.8.8", headers: #""cf-ipcountry":"XX""#).utf8), Reading.context(.apisix))
        #expect(unknown.counters.rejectedFields[Int(RequestField.country.rawValue)] == 0)
    }

    @Test func onlyTheHeadersThatAreNamedCount() throws {
        let rules = GeographyRules(headers: ["x-land"])
        #expect(try Self.record(Self.entry("8.8.8.8", headers: #""cf-ipcountry":"DE""#), rules)["country"] == nil)
        #expect(try Self.record(Self.entry("8.8.8.8", headers: #""x-land":"AT""#), rules)["country"] == "AT")
        let line = #"{"time_iso8601":"2025-12-25T08:06:42+00:00","status":"200","request_time":"1.0","uri":"/v1/models","http_x_land":"NO","remote_addr":"8.8.8.8"}"#
        #expect(try Self.record(line, rules)["country"] == "NO")
    }

    @Test(.enabled(if: MaxMindFiles.isPresent)) func theFileIsAskedForTheWholeAddressAndTheAddressIsCutAfterwards() throws {
        let database = try MaxMindFiles.open("maxmind-db/test-data/GeoLite2-Country-Test.mmdb")
        let rules = GeographyRules(database: database)
        // Two halves of one /24 in different countries would be mixed up by the network: 2.125.160.216/29 is British.
        for addresses in PrivacyRules.Addresses.allCases {
            let record = try Self.record(Self.entry("2.125.160.217"), rules, addresses: addresses)
            #expect(record["country"] == "GB")
            #expect(record["client_address"] == ["network": "2.125.160.0/24", "keep": "2.125.160.217"][addresses.rawValue])
        }
        #expect(try Self.record(Self.entry("2.125.160.1"), rules)["country"] == nil)
        #expect(try Self.record(Self.entry("::ffff:2.125.160.217"), rules)["country"] == "GB")
        #expect(try Self.record(Self.entry("10.0.0.1"), rules)["country"] == "private")
        #expect(try Self.record(Self.entry("2.125.160.217", headers: #""cf-ipcountry":"DE""#), rules)["country"] == "DE")
    }

    @Test(.enabled(if: MaxMindFiles.isPresent)) func rememberedAddressesHaveTheCountryThatTheFileSays() throws {
        let database = try MaxMindFiles.open("maxmind-db/test-data/GeoLite2-Country-Test.mmdb")
        let source = try #require(MaxMindFiles.files["maxmind-db/source-data/GeoLite2-Country-Test.json"])
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(source)) as? [[String: Any]])
        let addresses = rows.flatMap(\.keys).map { String($0.prefix { $0 != "/" }) }.filter { !$0.hasPrefix("::") }
        // Every address twice over in one body, so that both the file and the table answer.
        let body = (addresses + addresses.reversed()).map { Self.entry($0) }.joined(separator: "\n")
        let result = try Self.pipeline(GeographyRules(database: database)).readItems(Array(body.utf8), Reading.context(.apisix))
        try #require(result.batch.count == addresses.count * 2)
        for (row, address) in (addresses + addresses.reversed()).enumerated() {
            #expect(result.batch.text(.country, row: row) == country(database, bytes(address)), "\(address)")
        }
    }

    @Test func exportedRecordsKeepTheirCountry() throws {
        let line = #"{"time":"2025-12-25T08:06:42.985000Z","start":"2025-12-25T08:06:40.123000Z","received_at":"2025-12-25T08:06:43Z","sequence":17,"source":"apisix","observer":"client","status":200,"path":"/v1/models","client_address":"2.125.160.0/24","country":"GB"}"#
        #expect(try Reading.record(line, door: .file)["country"] == "GB")
        #expect(try Reading.record(line.replacing("\"GB\"", with: "\"private\""), door: .file)["country"] == "private")
    }
}
