import Dashboards
import Foundation
import GatewayModel

@testable import WebAPI

/// A server with one shipped dashboard, `shipped`, and a folder for one's own.
struct DashboardDesk {
    let server: TestServer
    private let folder: TemporaryFolder

    /// - Parameter own: files that lie in the folder of one's own already, by name.
    init(own: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        try folder.write(Self.yaml("shipped", title: "As shipped"), to: "shipped/shipped.yaml")
        for (name, text) in own { try folder.write(text, to: "own/" + name) }
        var services = DashboardServices()
        services.library = DashboardLibrary(shipped: folder.path + "/shipped", own: folder.path + "/own")
        server = try TestServer(folder: folder, dashboards: services)
    }

    /// The file of a dashboard with one figure.
    static func yaml(_ id: String, title: String = "Mine") -> String {
        """
        id: \(id)
        title: \(title)
        question: What?
        group: own
        sections:
        - id: figures
          panels:
          - id: requests
            title: Requests
            question: How many?
            chart: stat
            query: {measures: [count]}

        """
    }

    /// Saves a file's text; `known` is the version that it was made from.
    func save(_ id: String, _ text: String, known: String? = nil, type: String = "application/yaml", message: String = "") async throws -> Answer {
        let headers = [("Content-Type", type)] + (known.map { [("If-Match", $0)] } ?? [])
        return try await server.send("PUT", "/api/v1/dashboards/\(id)?message=\(message)", text, headers: headers)
    }

    func title(_ id: String) async throws -> String? { try await server.get("/api/v1/dashboards/\(id)").json().at("title")?.string }
}
