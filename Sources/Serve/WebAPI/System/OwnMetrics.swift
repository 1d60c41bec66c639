internal import GatewayModel

/// What Gatewatch says of itself, as a scraper of `/metrics` would read it.
package struct OwnMetrics: Sendable {
    private let services: WebServices

    package init(services: WebServices) { self.services = services }

    /// The type in which ``page()`` is written.
    package static let contentType = ExpositionFormat.text.contentType

    /// All families of the program itself, without those over the records: these are read by name anyway.
    package func page() async throws -> [UInt8] {
        let page = MetricsPage(services: services)
        return try await MetricsPage.text(.text) { page.writeOwn(to: &$0) }
    }
}
