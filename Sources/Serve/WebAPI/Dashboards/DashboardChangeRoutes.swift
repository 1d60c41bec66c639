internal import ByteCoding
internal import Dashboards
internal import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// `/api/v1/dashboards`: saving and removing one's own dashboards, their versions, and checking files.
struct DashboardChangeRoutes: Sendable {
    let services: WebServices
    private var reading: DashboardRoutes { DashboardRoutes(services: services) }

    init(services: WebServices) { self.services = services }

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["PUT"], "/api/v1/dashboards/{id}", taking: RequestMediaType.yaml) { try save($0) }
        add(&router, ["DELETE"], "/api/v1/dashboards/{id}") { try remove($0) }
        add(&router, ["GET"], "/api/v1/dashboards/{id}/versions") { try versions($0) }
        add(&router, ["GET"], "/api/v1/dashboards/{id}/diff") { try difference($0) }
        add(&router, ["POST"], "/api/v1/dashboards/check", taking: RequestMediaType.yaml) { try check($0) }
        add(&router, ["GET"], "/api/v1/dashboards/schema") { _ in ServerResponse(contentType: "application/schema+json", text: DashboardSchema.json) }
    }

    // MARK: Changing

    private func save(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let id = request.parameter("id") ?? ""
        let text = try Self.text(request)
        let expecting = try Self.expectedVersion(request)
        let library = try reading.library
        do throws(DashboardChangeError) {
            let version = try library.save(text, id: id, isJSON: Self.isJSON(request, text), message: request.query("message") ?? "", expecting: expecting)
            return Self.answer(id, version)
        } catch { return try Self.response(error, id) }
    }

    private func remove(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let id = request.parameter("id") ?? ""
        let expecting = try Self.expectedVersion(request)
        let library = try reading.library
        do throws(DashboardChangeError) {
            return Self.answer(id, try library.remove(id, message: request.query("message") ?? "", expecting: expecting))
        } catch { return try Self.response(error, id) }
    }

    private static func answer(_ id: String, _ version: Int) -> ServerResponse {
        .json { writer in
            writer.object { writer in
                writer.member("id", id)
                writer.member("version", version)
            }
        }
    }

    private static func response(_ error: DashboardChangeError, _ id: String) throws(APIError) -> ServerResponse {
        switch error {
        case .refused(let refusal): return refused(refusal)
        case .conflict(let current):
            throw APIError(
                .conflict, current == 0 ? "\(id) is no longer what it was: there is no file of your own now" : "somebody else was faster: version \(current) of \(id) is there now", field: "If-Match",
                hint: "see what changed at /api/v1/dashboards/\(id)/diff")
        case .notFound: throw APIError(.notFound, "there is no dashboard \(id.prefix(64)) of your own")
        case .tooMany(let most): throw APIError(.queryLimit, "there are \(most) dashboards of your own already")
        case .storage(.full(let reason)): throw APIError(.storageFull, "the dashboard is not saved: \(reason)")
        case .storage(let error): throw APIError(.internal, "the dashboard is not saved: \(error)")
        }
    }

    /// The first fault as the API tells errors, and all of them beside it.
    private static func refused(_ refusal: DashboardRefusal) -> ServerResponse {
        let fault = refusal.first
        var error = APIError(.invalidDashboard, fault.message, field: fault.key.isEmpty ? nil : fault.key, hint: fault.hint)
        if fault.place.line > 0 { (error.line, error.column) = (fault.place.line, fault.place.column) }
        return .json(status: .badRequest) { writer in
            writer.object { writer in
                error.write(to: &writer)
                write(refusal.faults, to: &writer)
            }
        }
    }

    private static func write(_ faults: [DashboardFault], to writer: inout JSONWriter) {
        writer.array("faults") { array in for fault in faults { array.object { DashboardRoutes.write(fault, to: &$0) } } }
    }

    // MARK: Versions

    private func versions(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let id = request.parameter("id") ?? ""
        let library = try reading.library
        let versions = library.versions(of: id)
        guard !versions.isEmpty || library.entry(id) != nil else { throw DashboardRoutes.unknown(id) }
        return .json { writer in
            writer.object { writer in
                writer.array("versions") { array in
                    for version in versions {
                        array.object { writer in
                            writer.member("version", version.number)
                            writer.member("time", version.time.iso8601)
                            writer.member("message", version.message)
                            writer.member("deleted", version.isDeleted)
                        }
                    }
                }
            }
        }
    }

    private func difference(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let id = request.parameter("id") ?? ""
        let library = try reading.library
        let (from, to) = (try Self.version(request, "from"), try Self.version(request, "to"))
        func text(_ version: Int) throws(APIError) -> String {
            guard let text = library.text(of: id, version: version) else { throw APIError(.notFound, "version \(version) of \(id.prefix(64)) is not kept") }
            return text
        }
        let diff = UnifiedDiff.text(from: try text(from), to: try text(to), oldName: "\(id).yaml version \(from)", newName: "\(id).yaml version \(to)")
        return ServerResponse(text: diff)
    }

    private static func version(_ request: ServerRequest, _ name: String) throws(APIError) -> Int {
        guard let number = Int(request.query(name) ?? ""), number >= 0 else { throw APIError(.invalidRequest, "\(name) must be a version, 0 for the shipped dashboard", field: name) }
        return number
    }

    // MARK: Checking

    private func check(_ request: ServerRequest) throws(APIError) -> ServerResponse {
        let text = try Self.text(request)
        var faults: [DashboardFault] = []
        do throws(DashboardRefusal) { _ = try DashboardReader.read(text, id: request.query("id"), takesAddedKeys: Self.isJSON(request, text)) } catch { faults = error.faults }
        return .json { writer in
            writer.object { writer in
                writer.member("valid", faults.isEmpty)
                Self.write(faults, to: &writer)
            }
        }
    }

    // MARK: Requests

    private static func text(_ request: ServerRequest) throws(APIError) -> String {
        guard request.body.readableBytes <= DashboardReader.bytesMax else {
            throw APIError(.tooLarge, "a dashboard's file has at most \(DashboardReader.bytesMax >> 10) KiB")
        }
        guard let text = String(validating: request.body.readableBytesView, as: UTF8.self) else { throw APIError(.invalidRequest, "the body is not UTF-8") }
        return text
    }

    /// By the body's type; where that says neither, by how the body begins.
    private static func isJSON(_ request: ServerRequest, _ text: String) -> Bool {
        let type = (request.headers.first(name: "Content-Type") ?? "").prefix { $0 != ";" }.trimmingSpaces().lowercased()
        if RequestMediaType.yaml.contains(type) { return false }
        return type == "application/json" || text.first { !$0.isWhitespace } == "{"
    }

    /// The version of `If-Match`; nil where there is none, or any will do.
    private static func expectedVersion(_ request: ServerRequest) throws(APIError) -> Int? {
        guard let header = request.headers.first(name: "If-Match").map({ $0[...].trimmingSpaces() }), header != "*" else { return nil }
        let digits = header.hasPrefix("\"") && header.hasSuffix("\"") && header.count > 2 ? String(header.dropFirst().dropLast()) : header
        guard let version = Int(digits), version >= 0 else { throw APIError(.invalidRequest, "If-Match must be a version, as \"3\"", field: "If-Match") }
        return version
    }
}
