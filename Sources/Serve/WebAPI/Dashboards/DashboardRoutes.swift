internal import ByteCoding
internal import Dashboards
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// `/api/v1/dashboards`: which dashboards there are, and what they say.
struct DashboardRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/api/v1/dashboards") { _ in list(try library) }
        add(&router, ["GET"], "/api/v1/dashboards/{id}") { try one($0) }
        addKibanaRoute(to: &router, add)
        addGrafanaRoute(to: &router, add)
    }

    /// - Throws: 404 where the program keeps no dashboards.
    var library: DashboardLibrary {
        get throws(APIError) {
            guard let library = services.dashboards.library else { throw APIError(.notFound, "there are no dashboards here") }
            return library
        }
    }

    /// The dashboard that the path names: one's own before the shipped one of the same name.
    ///
    /// - Throws: 404 where there is none.
    func entry(_ request: ServerRequest) throws(APIError) -> DashboardEntry {
        let id = request.parameter("id") ?? ""
        guard let entry = try library.entry(id) else { throw Self.unknown(id) }
        return entry
    }

    /// What is said of a name that no dashboard has; names come from outside and may be of any length.
    static func unknown(_ id: String) -> APIError { APIError(.notFound, "there is no dashboard \(id.prefix(64))") }

    // MARK: All of them

    private func list(_ library: DashboardLibrary) -> ServerResponse {
        let (entries, faults) = (library.entries, library.faults)
        return .json { writer in
            writer.object { writer in
                writer.array("dashboards") { array in for entry in entries { array.object { Self.write(entry, to: &$0) } } }
                writer.array("faults") { array in
                    for fault in faults {
                        array.object { writer in
                            writer.member("file", fault.file)
                            Self.write(fault.fault, to: &writer)
                        }
                    }
                }
            }
        }
    }

    private static func write(_ entry: DashboardEntry, to writer: inout JSONWriter) {
        let dashboard = entry.dashboard
        writer.member("id", dashboard.id)
        writer.member("title", dashboard.title)
        writer.member("question", dashboard.question)
        writer.member("group", dashboard.group.rawValue)
        writer.member("order", dashboard.order)
        writer.array("tags") { array in for tag in dashboard.tags { array.value(tag) } }
        writer.member("panels", dashboard.panels.count)
        writer.member("origin", entry.origin.rawValue)
        writer.member("version", entry.version)
        writer.array("exports") { array in for export in dashboard.exports { array.value(export.rawValue) } }
    }

    /// Writes the members of a fault.
    static func write(_ fault: DashboardFault, to writer: inout JSONWriter) {
        writer.member("line", fault.place.line)
        writer.member("column", fault.place.column)
        if !fault.key.isEmpty { writer.member("key", fault.key) }
        writer.member("message", fault.message)
        if let hint = fault.hint { writer.member("hint", hint) }
    }

    // MARK: One of them

    private func one(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let id = request.parameter("id") ?? ""
        let isYAML = try Self.isYAML(request)
        if let asked = request.query("version") { return try earlier(id, asked, isYAML: isYAML) }
        let entry = try entry(request)
        let tag = "\"\(entry.tag)\(isYAML ? "-yaml" : "")\""
        if let known = request.headers.first(name: "If-None-Match"), known.split(separator: ",").contains(where: { $0.trimmingSpaces().hasSuffix(tag) }) {
            return ServerResponse(status: .notModified, headers: ["ETag": tag, "Cache-Control": "no-cache"])
        }
        var response = isYAML ? Self.yaml(entry.text) : Self.json(entry.dashboard, origin: entry.origin.rawValue, version: entry.version)
        response.headers.add(name: "ETag", value: tag)
        response.headers.add(name: "Cache-Control", value: "no-cache")
        return response
    }

    /// An earlier version of one's own dashboard; version 0 is the shipped one.
    private func earlier(_ id: String, _ asked: String, isYAML: Bool) throws(APIError) -> ServerResponse {
        guard let number = Int(asked), number >= 0 else { throw APIError(.invalidRequest, "version must be a whole number", field: "version") }
        guard let text = try library.text(of: id, version: number) else { throw APIError(.notFound, "version \(number) of \(id.prefix(64)) is not kept") }
        if isYAML { return Self.yaml(text) }
        do throws(DashboardRefusal) {
            return Self.json(try DashboardReader.read(text, id: id), origin: number == 0 ? "shipped" : "own", version: number)
        } catch { throw APIError(.notFound, "version \(number) of \(id) cannot be read: \(error.first.sentence)", hint: "ask with format=yaml for its text") }
    }

    private static func isYAML(_ request: ServerRequest) throws(APIError) -> Bool {
        switch request.query("format") {
        case nil, "json": false
        case "yaml": true
        default: throw APIError(.invalidRequest, "format is json or yaml", field: "format")
        }
    }

    private static func yaml(_ text: String) -> ServerResponse { ServerResponse(contentType: "application/yaml; charset=utf-8", text: text) }

    private static func json(_ dashboard: Dashboard, origin: String, version: Int) -> ServerResponse {
        .json { writer in
            DashboardWriter.write(dashboard, to: &writer) { writer in
                writer.member("origin", origin)
                writer.member("version", version)
            }
        }
    }
}
