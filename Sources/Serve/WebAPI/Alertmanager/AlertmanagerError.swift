internal import ByteCoding
internal import HTTPTransport
internal import NIOHTTP1

/// An error of Alertmanager's API: a JSON string, or, for what its framework finds in a request, a code and a message.
///
/// Source: prometheus/alertmanager, `api/v2/openapi.yaml`; go-openapi/errors, `schema.go`.
struct AlertmanagerError: Error {
    let status: HTTPResponseStatus
    let message: String
    /// The framework's number for what is wrong; nil for errors of Alertmanager itself.
    var code: Int?

    init(_ status: HTTPResponseStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// A parameter or a body that is not of its type.
    static func invalid(_ message: String) -> AlertmanagerError {
        var error = AlertmanagerError(.unprocessableEntity, message)
        error.code = 601
        return error
    }

    /// A body that lacks something.
    static func missing(_ name: String) -> AlertmanagerError {
        var error = AlertmanagerError(.unprocessableEntity, "\(name) in body is required")
        error.code = 602
        return error
    }

    /// A body that is not JSON.
    static func unreadable(_ name: String, _ reason: String) -> AlertmanagerError {
        var error = AlertmanagerError(.badRequest, "parsing \(name) body from \"\" failed, because \(reason)")
        error.code = 400
        return error
    }

    var response: ServerResponse {
        ServerResponse.json(status: status) { writer in
            guard let code else { return writer.value(message) }
            writer.object {
                $0.member("code", code)
                $0.member("message", message)
            }
        }
    }
}
