internal import ByteCoding
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

extension ServerResponse {
    /// A JSON answer written by `body`.
    static func json(status: HTTPResponseStatus = .ok, _ body: (inout JSONWriter) throws -> Void) rethrows -> ServerResponse {
        var writer = JSONWriter(reserving: 1_024)
        try body(&writer)
        return ServerResponse(status: status, contentType: "application/json", body: .bytes(writer.bytes))
    }
}

/// An error of `/api/v1` and `/ingest`, in the shape that `docs/reference/http-api.md` gives.
struct APIError: Error {
    /// A word of the closed list in the API's documentation.
    enum Code: String {
        case invalidRequest = "invalid_request"
        case invalidFilter = "invalid_filter"
        case invalidTime = "invalid_time"
        case invalidMeasure = "invalid_measure"
        case unknownField = "unknown_field"
        case invalidDashboard = "invalid_dashboard"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        /// What was to be changed is no longer what it was.
        case conflict = "conflict"
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case queryLimit = "query_limit"
        case queryTimeout = "query_timeout"
        case overloaded = "overloaded"
        case storageFull = "storage_full"
        case unauthorized = "unauthorized"
        case forbidden = "forbidden"
        case `internal` = "internal"

        var status: HTTPResponseStatus {
            switch self {
            case .invalidRequest, .invalidFilter, .invalidTime, .invalidMeasure, .unknownField, .invalidDashboard: .badRequest
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .conflict: .conflict
            case .tooLarge: .payloadTooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .queryLimit: .unprocessableEntity
            case .queryTimeout: .serviceUnavailable
            case .overloaded: .tooManyRequests
            case .storageFull: .insufficientStorage
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .internal: .internalServerError
            }
        }
    }

    let code: Code
    let message: String
    var field: String?
    var line: Int?
    var column: Int?
    var hint: String?

    init(_ code: Code, _ message: String, field: String? = nil, line: Int? = nil, column: Int? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.line = line
        self.column = column
        self.hint = hint
    }

    var response: ServerResponse {
        var response = ServerResponse.json(status: code.status) { writer in
            writer.object { write(to: &$0) }
        }
        if code == .overloaded || code == .queryTimeout { response.headers.add(name: "Retry-After", value: "1") }
        return response
    }

    /// Writes the `error` member of an object.
    func write(to writer: inout JSONWriter) {
        writer.object("error") { error in
            error.member("code", code.rawValue)
            error.member("message", message)
            if let field { error.member("field", field) }
            if let line, let column {
                error.object("position") {
                    $0.member("line", line)
                    $0.member("column", column)
                }
            }
            if let hint { error.member("hint", hint) }
        }
    }
}
