internal import ByteCoding

/// The closed list of failure classes: the values of the field `error_type` and of the label of that name.
package enum ErrorClass: UInt8, CaseIterable, Sendable {
    case invalidRequest, authentication, permission, rateLimit, quota, timeout, overloaded, provider, contentFilter, clientClosed, streamInterrupted

    /// The value as it is stored.
    package var name: StaticString {
        switch self {
        case .invalidRequest: "invalid_request"
        case .authentication: "authentication"
        case .permission: "permission"
        case .rateLimit: "rate_limit"
        case .quota: "quota"
        case .timeout: "timeout"
        case .overloaded: "overloaded"
        case .provider: "provider"
        case .contentFilter: "content_filter"
        case .clientClosed: "client_closed"
        case .streamInterrupted: "stream_interrupted"
        }
    }

    /// The class whose name is spelled by `text`; nil when it is none.
    init?(named text: UnsafeRawBufferPointer) {
        guard let found = Self.allCases.first(where: { unsafe LooseText.equals(text, $0.name) }) else { return nil }
        self = found
    }

    /// The class that an HTTP status stands for; nil for a status that is no failure. 0 means that no answer was sent, which is what
    /// gateways write when the client left first.
    init?(status: Int64) {
        switch status {
        case 0, 499: self = .clientClosed
        case 401: self = .authentication
        case 402, 403: self = .permission
        case 408, 504, 524: self = .timeout
        case 429: self = .rateLimit
        case 503, 529: self = .overloaded
        case 400..<500: self = .invalidRequest
        case 500...: self = .provider
        default: return nil
        }
    }

    /// The class that a provider's error type or code stands for; nil when it is not a known one.
    ///
    /// Sources: the error tables of the OpenAI, Anthropic, Azure OpenAI and Bedrock API references.
    init?(code: UnsafeRawBufferPointer) {
        guard let known = Self.codes.first(where: { unsafe LooseText.equalsIgnoringCase(code, $0.0) }) else { return nil }
        self = known.1
    }

    private static let codes: [(StaticString, ErrorClass)] = [
        ("insufficient_quota", .quota), ("billing_error", .quota), ("billing_hard_limit_reached", .quota), ("budget_exceeded", .quota),
        ("rate_limit_exceeded", .rateLimit), ("rate_limit_error", .rateLimit), ("ratelimiterror", .rateLimit), ("throttlingexception", .rateLimit),
        ("too_many_requests", .rateLimit), ("resource_exhausted", .rateLimit),
        ("content_filter", .contentFilter), ("content_policy_violation", .contentFilter), ("contentpolicyviolationerror", .contentFilter),
        ("overloaded_error", .overloaded), ("overloaded", .overloaded), ("serviceunavailableerror", .overloaded), ("unavailable", .overloaded),
        ("engine_overloaded", .overloaded), ("server_overloaded", .overloaded),
        ("invalid_api_key", .authentication), ("authentication_error", .authentication), ("authenticationerror", .authentication),
        ("unauthenticated", .authentication), ("unrecognizedclientexception", .authentication),
        ("permission_error", .permission), ("permission_denied", .permission), ("permissiondeniederror", .permission), ("accessdeniedexception", .permission),
        ("timeout", .timeout), ("timeout_error", .timeout), ("gateway_timeout", .timeout), ("apitimeouterror", .timeout), ("deadline_exceeded", .timeout),
        ("invalid_request_error", .invalidRequest), ("badrequesterror", .invalidRequest), ("not_found_error", .invalidRequest),
        ("notfounderror", .invalidRequest), ("model_not_found", .invalidRequest), ("context_length_exceeded", .invalidRequest),
        ("contextwindowexceedederror", .invalidRequest), ("request_too_large", .invalidRequest), ("invalid_argument", .invalidRequest),
        ("validationexception", .invalidRequest),
        ("api_error", .provider), ("server_error", .provider), ("internal_server_error", .provider), ("internalservererror", .provider),
        ("apiconnectionerror", .provider), ("bad_gateway", .provider), ("internal", .provider),
        ("clientdisconnected", .clientClosed), ("client_disconnected", .clientClosed),
    ]

    /// The class of a call: its status decides, the provider's code refines where one status means several things, and stands alone
    /// where a status is missing or claims success.
    ///
    /// - Returns: nil when nothing says that the call failed.
    static func of(status: Int64?, code: UnsafeRawBufferPointer, hasErrorObject: Bool) -> ErrorClass? {
        let byCode = code.count > 0 ? unsafe ErrorClass(code: code) : nil
        if let status, let byStatus = ErrorClass(status: status) {
            switch (byStatus, byCode) {
            case (.rateLimit, .quota), (.invalidRequest, .contentFilter), (.invalidRequest, .authentication), (.provider, .overloaded),
                (.provider, .timeout), (.invalidRequest, .quota), (.invalidRequest, .rateLimit), (.permission, .quota):
                return byCode
            default:
                return byStatus
            }
        }
        return byCode ?? (hasErrorObject ? .provider : nil)
    }
}
