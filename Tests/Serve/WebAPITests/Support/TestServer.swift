import ByteCoding
import Foundation
import GatewayModel
import HTTPTransport
import Ingest
import Logging
import NIOCore
import NIOHTTP1
import RequestMetrics
import RequestQuery
import RequestStorage
import Synchronization
import Testing

@testable import WebAPI

/// All routes over a real store in a folder of its own, called without sockets.
struct TestServer {
    let router: Router
    let services: WebServices
    let store: RequestStore
    let folder: TemporaryFolder
    /// How often a declaration was said to have changed the retention.
    let retentionCalls = Counter()

    /// - Parameters:
    ///   - writer: takes the batches in the store's place.
    ///   - unwritable: what the store says is wrong with it.
    ///   - page: the folder of the page's files.
    ///   - runner: runs the queries in place of one of the server's own.
    ///   - hasMetrics: whether the shipped metric families are told.
    ///   - folder: an existing folder, to open it again.
    init(
        credentials: RequestGuard.Credentials = RequestGuard.Credentials(), hosts: Set<String> = [], writer: (any RequestWriter)? = nil, unwritable: String? = nil,
        series: any SeriesReader = NoSeriesReader(), sampleWriter: any SeriesWriter = SampleWriterDouble(), seriesStatus: SeriesStoreStatus = SeriesStoreStatus(), origins: Set<String> = [], page: URL? = nil, limits: QueryLimits = .standard, runner: QueryRunner? = nil, folder: TemporaryFolder? = nil,
        hasMetrics: Bool = false, alerts: AlertServices = AlertServices(), keeping: PageKeeping = PageKeeping(), dashboards: DashboardServices = DashboardServices()
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        var configuration = StoreConfiguration()
        configuration.tickSeconds = nil
        configuration.freeBytesMin = 0
        // The sample documents are years old.
        configuration.retentionDays = 20_000
        let store = try RequestStore.open(folder: folder.path + "/store", configuration: configuration)
        self.store = store
        let reader: any RequestReader = unwritable.map { UnwritableReader(store: store, reason: $0) } ?? store
        let pipeline = try IngestPipeline(settings: IngestSettings(privacy: PrivacyRules(key: SipHash(key0: 1, key1: 2))), prices: .builtin)
        let collector = RecordCollector(pipeline: pipeline, writer: writer ?? store, deadLetters: nil, acceptable: { store.acceptableTimes() })
        let (calls, status) = (retentionCalls, seriesStatus)
        var services = WebServices(
            identity: ServerIdentity(name: "test", version: "0.0.1", clusterUUID: "0123456789012345678901", started: Timestamp(iso8601: "2026-03-05T12:00:00Z") ?? .now(), isDemo: false),
            reader: reader, collector: collector, queries: QueryService(runner: runner ?? QueryRunner(limits: limits), reader: reader),
            series: SeriesServices(
                reader: series, samples: SampleDoor(writer: sampleWriter), storeStatus: { status.withTop($0) }, configurationYAML: "listen: x", flags: [("query.timeout", "2m")]), registry: try IndexRegistry(file: URL(fileURLWithPath: folder.path + "/elasticsearch.json")),
            guardian: RequestGuard(credentials: credentials, hosts: hosts, origins: origins), isAuthenticated: !credentials.isEmpty, priceBook: .builtin,
            staticFiles: try page.map { try StaticFiles(folder: $0) }, transportCounters: { TransportCounters() }, retentionDeclared: { calls.add() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: hasMetrics ? RequestMetrics(FamilyTotals(FamilyTable(MetricFamily.shipped), reader)) : nil, alerts: alerts)
        services.keeping = keeping
        services.dashboards = dashboards
        self.services = services
        router = WebAPI.router(services)
    }

    /// Sends a request as the transport would hand it over; a body goes as JSON unless `headers` say otherwise.
    func send(_ method: String, _ uri: String, _ body: String = "", headers: [(String, String)] = []) async throws -> Answer {
        var fields = HTTPHeaders(headers)
        if !body.isEmpty, !fields.contains(name: "Content-Type") { fields.add(name: "Content-Type", value: "application/json") }
        let request = try ServerRequest(method: method, uri: uri, headers: fields, body: ByteBuffer(string: body))
        return Answer(await router.respond(to: request))
    }

    func get(_ uri: String, headers: [(String, String)] = []) async throws -> Answer { try await send("GET", uri, headers: headers) }

    /// Stores documents under an index by `_bulk`, with ids `1`, `2`, ... .
    func store(_ documents: [String], index: String = "gateway") async throws {
        let lines = documents.enumerated().map { #"{"index":{"_index":"\#(index)","_id":"\#($0 + 1)"}}"# + "\n" + $1 + "\n" }
        let answer = try await send("POST", "/_bulk", lines.joined())
        guard try answer.json().at("errors")?.bool == false else { throw Unexpected(answer.text) }
    }

    /// All present fields of the records that pass a filter, oldest first.
    func records(_ filter: String = "") async throws -> [JSONValue] {
        let answer = try await get("/api/v1/requests?from=2000-01-01&to=2100-01-01&sort=sequence&limit=1000&where=" + filter.addingPathEscapes())
        return try answer.json().at("records")?.elements ?? { throw Unexpected(answer.text) }()
    }

    /// The ids that a search of an index finds, in the answer's order.
    func hits(_ body: String, index: String = "gateway") async throws -> [String] {
        let answer = try await send("POST", "/\(index)/_search", body)
        return try answer.json().at("hits", "hits")?.elements?.compactMap { $0.at("_id")?.string } ?? { throw Unexpected(answer.text) }()
    }
}

/// A response, read.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    /// Empty for a streamed body.
    let bytes: [UInt8]

    init(_ response: ServerResponse) {
        status = Int(response.status.code)
        headers = response.headers
        if case .bytes(let buffer) = response.body { bytes = Array(buffer.readableBytesView) } else { bytes = [] }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func header(_ name: String) -> String? { headers.first(name: name) }

    func json() throws -> JSONValue { try JSONValue.parse(text) }

    /// Status and `type` of an error of the Elasticsearch door, checked to be of its whole shape: `400 parsing_exception`.
    func elasticError() throws -> String {
        let body = try json()
        guard let type = body.at("error", "type")?.string, body.at("error", "reason")?.string?.isEmpty == false, body.at("status")?.integer == Int64(status),
            body.at("error", "root_cause", "0", "type")?.string == type, body.at("error", "root_cause", "0", "reason") == body.at("error", "reason")
        else { throw Unexpected(text) }
        return "\(status) \(type)"
    }

    /// Status and `code` of an error of the own API: `400 invalid_filter`.
    func apiError() throws -> String {
        guard let code = try json().at("error", "code")?.string, try json().at("error", "message")?.string?.isEmpty == false else { throw Unexpected(text) }
        return "\(status) \(code)"
    }
}

/// An answer that a test's own helper cannot use.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ text: String) { description = text }
}

extension JSONValue {
    /// The value at a path of member names and positions.
    func at(_ path: String...) -> JSONValue? {
        path.reduce(Optional(self)) { value, step in
            guard let elements = value?.elements else { return value?[step] }
            return Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        }
    }

    /// A value without looking at how its numbers are written.
    static func parsed(_ text: String) throws -> JSONValue { try JSONValue.parse(text) }

    /// The names of an object's members, in order.
    var names: [String] { members?.map(\.name) ?? [] }
}

/// Counts calls from anywhere.
final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("web-api-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var url: URL { URL(fileURLWithPath: path) }

    func write(_ text: String, to name: String) throws {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}

/// A named input, so that a failure names it.
struct NamedCase<Value: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let value: Value
    var testDescription: String { name }

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
