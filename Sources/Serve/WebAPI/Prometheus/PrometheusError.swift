internal import ByteCoding
internal import HTTPTransport
internal import NIOHTTP1

/// An error of the Prometheus API: its closed list of types, each with its status.
///
/// Source: prometheus/prometheus `web/api/v1/api.go`, `respondError`.
struct PrometheusError: Error, Equatable {
    enum Kind: String, CaseIterable {
        case badData = "bad_data"
        case execution
        case canceled
        case timeout
        case `internal`
        case unavailable
        case notFound = "not_found"
        case notAcceptable = "not_acceptable"
        /// Not of Prometheus, which leaves these to what stands before it.
        case unauthorized
        case forbidden
        case tooManyRequests = "too_many_requests"
        case unsupportedMediaType = "unsupported_media_type"

        var status: HTTPResponseStatus {
            switch self {
            case .badData: .badRequest
            case .execution: .unprocessableEntity
            case .canceled: .custom(code: 499, reasonPhrase: "Client Closed Connection")
            case .timeout: .serviceUnavailable
            case .internal, .unavailable: .internalServerError
            case .notFound: .notFound
            case .notAcceptable: .notAcceptable
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .tooManyRequests: .tooManyRequests
            case .unsupportedMediaType: .unsupportedMediaType
            }
        }
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// A parameter that cannot be used, in Prometheus's words.
    static func invalid(_ parameter: String, _ reason: String) -> PrometheusError {
        PrometheusError(.badData, "invalid parameter \"\(parameter)\": \(reason)")
    }

    var response: ServerResponse {
        var response = ServerResponse.json(status: kind.status) { writer in
            writer.object { answer in
                answer.member("status", "error")
                answer.member("errorType", kind.rawValue)
                answer.member("error", message)
            }
        }
        if kind == .unauthorized { response.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"gatewatch\", charset=\"UTF-8\"") }
        if kind == .tooManyRequests { response.headers.add(name: "Retry-After", value: "1") }
        return response
    }
}

extension ServerResponse {
    /// A successful answer of the Prometheus API; `data` writes the value of the member of that name.
    ///
    /// - Parameters:
    ///   - warnings: what makes the answer doubtful.
    ///   - infos: what is worth knowing of the query.
    static func prometheus(warnings: [String] = [], infos: [String] = [], _ data: (inout JSONWriter) -> Void) -> ServerResponse {
        .json { writer in
            writer.object { answer in
                answer.member("status", "success")
                answer.key("data")
                data(&answer)
                answer.notes("warnings", warnings)
                answer.notes("infos", infos)
            }
        }
    }
}

extension JSONWriter {
    /// A list of notes; nothing when there are none.
    mutating func notes(_ name: String, _ notes: [String]) {
        guard !notes.isEmpty else { return }
        array(name) { array in for note in notes { array.value(note) } }
    }

    mutating func strings(_ strings: some Sequence<String>) {
        array { array in for string in strings { array.value(string) } }
    }
}
