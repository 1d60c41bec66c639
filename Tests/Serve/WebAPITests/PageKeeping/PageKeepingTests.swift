import ByteCoding
import Dashboards
import DurableFiles
import GatewayModel
import HTTPTransport
import Testing

@testable import WebAPI

/// A server that keeps annotations, links and snapshots in its folder.
private func keepingServer() throws -> TestServer {
    let folder = try TemporaryFolder()
    var keeping = PageKeeping()
    keeping.annotations = try AnnotationBook(folder: folder.path + "/annotations", files: SystemFiles())
    keeping.links = try LinkBook(folder: folder.path + "/links", files: SystemFiles())
    keeping.snapshots = try SnapshotShelf(folder: folder.path + "/snapshots", files: SystemFiles())
    return try TestServer(folder: folder, keeping: keeping)
}

struct AnnotationRoutesTests {
    private let path = "/api/v1/annotations"

    @Test func anAnnotationIsCreatedChangedListedAndRemoved() async throws {
        let server = try keepingServer()
        let created = try await server.send("POST", path, #"{"time":"2026-03-05T12:00:00Z","kind":"deployment","title":"gateway 2.4","text":"all nodes","tags":["gateway","eu"]}"#)
        #expect(created.status == 201)
        let id = try #require(try created.json().at("id")?.string)
        #expect(try created.json().names == ["id", "time", "time_end", "kind", "title", "text", "tags", "created"])
        #expect(try created.json().at("time")?.string == "2026-03-05T12:00:00.000000Z")
        let changed = try await server.send("PUT", "\(path)/\(id)", #"{"title":"gateway 2.4.1","time_end":"2026-03-05T12:05:00Z"}"#)
        #expect(try changed.json().at("time")?.string == "2026-03-05T12:00:00.000000Z")
        #expect(try changed.json().at("kind")?.string == "note")
        let listed = try await server.get("\(path)?from=2026-03-05T12:04&to=2026-03-05T12:10").json()
        #expect(listed.at("annotations", "0", "title")?.string == "gateway 2.4.1")
        #expect(try await server.get("\(path)?from=2026-03-05T12:06").json().at("annotations") == .array([]))
        #expect(try await server.get("\(path)/\(id)").json() == changed.json())
        #expect(try await server.send("DELETE", "\(path)/\(id)").status == 204)
        #expect(try await server.get("\(path)/\(id)").apiError() == "404 not_found")
    }

    @Test func kindAndTagsNarrowTheList() async throws {
        let server = try keepingServer()
        for body in [#"{"title":"a","kind":"config","tags":["x","y"]}"#, #"{"title":"b","tags":["x"]}"#] { _ = try await server.send("POST", path, body) }
        func titles(_ query: String) async throws -> [String] { try await server.get(path + query).json().at("annotations")?.elements?.compactMap { $0.at("title")?.string } ?? [] }
        #expect(try await titles("?tags=x") == ["a", "b"])
        #expect(try await titles("?tags=x,y") == ["a"])
        #expect(try await titles("?kind=note") == ["b"])
    }

    /// A body, and the field of the error.
    @Test(arguments: [
        (#"{}"#, "title"), (#"{"title":7}"#, "title"), (#"{"title":"x","kind":"party"}"#, "kind"), (#"{"title":"x","time":"soon"}"#, "time"), (#"{"title":"x","time":true}"#, "time"),
        (#"{"title":"x","tags":"a"}"#, "tags"), (#"{"title":"x","tags":[1]}"#, "tags"), (#"{"title":"x","colour":"red"}"#, "colour"),
        (#"{"title":"x","time":"2026-03-05T12:00Z","time_end":"2026-03-05T11:00Z"}"#, "time_end"),
    ])
    func aWrongAnnotationNamesItsMember(_ body: String, _ field: String) async throws {
        let answer = try await keepingServer().send("POST", path, body)
        #expect(answer.status == 400)
        #expect(try answer.json().at("error", "field")?.string == field)
    }

    @Test func withoutAPlaceNothingIsKept() async throws {
        let server = try TestServer()
        for target in [path, "/api/v1/snapshots", "/api/annotations"] { #expect(try await server.get(target).apiError() == "404 not_found") }
        #expect(try await server.send("POST", "/api/v1/links", #"{"search":"?page=overview"}"#).apiError() == "404 not_found")
    }
}

struct GrafanaAnnotationTests {
    private let path = "/api/annotations"

    @Test func aDeploymentScriptIsAnsweredAsByGrafana() async throws {
        let server = try keepingServer()
        let body = #"{"dashboardUID":"jcIIG-07z","panelId":2,"time":1772712000000,"timeEnd":1772712060000,"tags":["deployment","gateway"],"text":"Gateway 2.4\nby CI"}"#
        let created = try await server.send("POST", path, body)
        #expect(created.status == 200)
        #expect(created.text == #"{"message":"Annotation added","id":1}"#)
        let own = try await server.get("/api/v1/annotations").json()
        #expect(own.at("annotations", "0", "kind")?.string == "deployment")
        #expect(own.at("annotations", "0", "title")?.string == "Gateway 2.4")
        #expect(own.at("annotations", "0", "text")?.string == "Gateway 2.4\nby CI")
        let listed = try await server.get("\(path)?from=1772712000000&to=1772712000000&tags=gateway&tags=deployment").json()
        #expect(listed.at("0", "id")?.integer == 1 && listed.at("0", "timeEnd")?.integer == 1_772_712_060_000)
        #expect(listed.at("0", "text")?.string == "Gateway 2.4\nby CI")
        #expect(try await server.send("PATCH", "\(path)/1", #"{"tags":["config"]}"#).text == #"{"message":"Annotation patched"}"#)
        #expect(try await server.get("\(path)?tags=gateway").json() == .array([]))
        #expect(try await server.get("\(path)?tags=gateway&tags=config&matchAny=true").json().elements?.count == 1)
        #expect(try await server.send("DELETE", "\(path)/1").text == #"{"message":"Annotation deleted"}"#)
        #expect(try await server.send("DELETE", "\(path)/1").status == 404)
    }

    @Test func graphitesEventsAreTakenToo() async throws {
        let server = try keepingServer()
        let created = try await server.send("POST", path + "/graphite", #"{"what":"Deploy","tags":"release eu","when":1772712000,"data":"v2.4"}"#)
        #expect(created.text == #"{"message":"Graphite annotation added","id":1}"#)
        let own = try await server.get("/api/v1/annotations").json()
        #expect(own.at("annotations", "0", "time")?.string == "2026-03-05T12:00:00.000000Z")
        #expect(own.at("annotations", "0", "text")?.string == "v2.4")
        #expect(own.at("annotations", "0", "tags")?.elements?.map(\.string) == ["release", "eu"])
    }

    @Test(arguments: [#"{}"#, #"{"text":""}"#, #"{"text":"x","time":"now"}"#, #"{"text":"x","time":9223372036854775807}"#, "nonsense"])
    func aWrongBodyIsRefusedWithAMessage(_ body: String) async throws {
        let answer = try await keepingServer().send("POST", path, body)
        #expect(answer.status == 400)
        #expect(try answer.json().at("message")?.string?.isEmpty == false)
    }
}

struct LinkRoutesTests {
    private func create(_ server: TestServer, _ search: String) async throws -> Answer {
        try await server.send("POST", "/api/v1/links", JSONValue.object([.init(name: "search", value: .string(search))]).text)
    }

    @Test func theSameStateHasTheSameLinkThatLeadsThere() async throws {
        let server = try keepingServer()
        let search = "?page=overview&from=now-1h&where=model%3A%20o3"
        let first = try await create(server, search)
        #expect(first.status == 201)
        let url = try #require(try first.json().at("url")?.string)
        #expect(try await create(server, search).text == first.text)
        #expect(try await create(server, search + "0").text != first.text)
        let followed = try await server.get(url)
        #expect(followed.status == 302 && followed.header("Location") == "/" + search)
        #expect(try await server.get("/s/nothing").apiError() == "404 not_found")
    }

    @Test(arguments: ["", "page=x", "//evil.example", "?a\r\nSet-Cookie: x", "?ü", "?" + String(repeating: "x", count: 8_192)])
    func whatCannotStandInAnAddressIsRefused(_ search: String) async throws {
        #expect(try await create(keepingServer(), search).apiError() == "400 invalid_request")
    }
}

struct SnapshotRoutesTests {
    private let path = "/api/v1/snapshots"

    @Test func aSnapshotIsKeptAsItWasUntilItIsRemoved() async throws {
        let server = try keepingServer()
        let body = #"{"title":"before <b>","search":"?page=overview","dashboard":{"id":"overview"},"answers":{"errors":[{"rows":[[1,null,0.5]]}]},"expires":"2w"}"#
        let created = try await server.send("POST", path, body)
        #expect(created.status == 201)
        let id = try #require(try created.json().at("id")?.string)
        #expect(try created.json().at("url")?.string == "/?snapshot=" + id)
        let found = try await server.get("\(path)/\(id)")
        #expect(found.header("Content-Type") == "application/json")
        #expect(try found.json().at("answers") == .parsed(#"{"errors":[{"rows":[[1,null,0.5]]}]}"#))
        #expect(try found.json().at("dashboard", "id")?.string == "overview")
        #expect(try await server.get(path).json().at("snapshots")?.elements?.map { $0.at("title")?.string } == ["before <b>"])
        #expect(try await server.send("DELETE", "\(path)/\(id)").status == 204)
        #expect(try await server.get("\(path)/\(id)").apiError() == "404 not_found")
        #expect(try await server.get(path).json().at("snapshots") == .array([]))
    }

    @Test(arguments: [
        (#"{"answers":{}}"#, "400 invalid_request"), (#"{"dashboard":{}}"#, "400 invalid_request"), (#"{"dashboard":[],"answers":{}}"#, "400 invalid_request"),
        (#"{"dashboard":{},"answers":{},"expires":"soon"}"#, "400 invalid_request"), (#"{"dashboard":{},"answers":{},"expires":"4000d"}"#, "400 invalid_request"),
        (#"{"dashboard":{},"answers":{"a":""# + String(repeating: "x", count: 4 << 20) + #""}}"#, "413 too_large"),
    ])
    func aWrongSnapshotIsRefused(_ body: String, _ told: String) async throws {
        let server = try keepingServer()
        #expect(try await server.send("POST", path, body).apiError() == told)
        #expect(try await server.get(path).json().at("snapshots") == .array([]))
    }
}

struct ChangeRoutesTests {
    @Test func whatChangedIsAnsweredAsDocumented() async throws {
        let server = try TestServer()
        try await server.store((0..<60).map { Documents.call(at: $0 * 10, status: $0 >= 30 && $0 % 2 == 0 ? 503 : 200, model: $0 % 2 == 0 ? "gpt-4o" : "o3") })
        let body = #"{"from":"2026-03-05T12:05:00Z","to":"2026-03-05T12:10:00Z","measure":"ratio(status >= 500)","fields":["model","status"]}"#
        let answer = try await server.send("POST", "/api/v1/changes", body)
        #expect(answer.status == 200)
        let json = try answer.json()
        #expect(json.at("now")?.double == 0.5 && json.at("before")?.double == 0 && json.at("difference")?.double == 0.5)
        #expect(json.at("baseline_from")?.string == "2026-03-05T12:00:00.000000Z" && json.at("unit")?.string == "ratio")
        #expect(json.at("causes")?.elements?.contains { $0.at("where")?.string == #"model: "gpt-4o""# && $0.at("explained")?.double == 1 } == true)
        #expect(json.at("fields")?.elements?.compactMap(\.string).sorted() == ["model", "status"])
    }

    @Test(arguments: [
        (#"{"measure":"distinct(client)"}"#, "invalid_measure"), (#"{"measure":"sum("}"#, "invalid_measure"), (#"{"where":"model:"}"#, "invalid_filter"),
        (#"{"from":"now","to":"now-1h"}"#, "invalid_time"), (#"{"baseline_to":"now+1h"}"#, "invalid_time"), (#"{"limit":1000}"#, "invalid_request"),
        (#"{"fields":["nobody"]}"#, "unknown_field"), (#"{"measures":["count"]}"#, "invalid_request"), ("7", "invalid_request"),
    ])
    func aWrongQuestionIsRefused(_ body: String, _ code: String) async throws {
        #expect(try await TestServer().send("POST", "/api/v1/changes", body).apiError() == "400 " + code)
    }
}

extension JSONValue {
    /// The value as compact JSON.
    fileprivate var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.string
    }
}
