/// How a call fails. The raw value indexes ``all`` and is 0 for a call that does not.
enum CallFailure: UInt8, CaseIterable, Sendable {
    case none, rateLimit, timeout, provider, overloaded, invalidRequest, authentication, permission, quota, contentFilter, clientClosed, streamInterrupted

    /// The closed class of `error.type`; "" for success.
    var type: String {
        switch self {
        case .none: ""
        case .rateLimit: "rate_limit"
        case .timeout: "timeout"
        case .provider: "provider"
        case .overloaded: "overloaded"
        case .invalidRequest: "invalid_request"
        case .authentication: "authentication"
        case .permission: "permission"
        case .quota: "quota"
        case .contentFilter: "content_filter"
        case .clientClosed: "client_closed"
        case .streamInterrupted: "stream_interrupted"
        }
    }

    /// Its part of an ordinary day's failures.
    var share: Double {
        switch self {
        case .none: 0
        case .rateLimit: 0.30
        case .timeout: 0.10
        case .provider: 0.17
        case .overloaded: 0.12
        case .invalidRequest: 0.14
        case .authentication: 0.015
        case .permission: 0.01
        case .quota: 0.005
        case .contentFilter: 0.03
        case .clientClosed: 0.10
        case .streamInterrupted: 0.01
        }
    }

    /// The HTTP status sent to the client.
    func status(_ dialect: DemoProvider.ErrorDialect) -> Int16 {
        switch self {
        case .none, .streamInterrupted: 200
        case .rateLimit, .quota: 429
        case .timeout: 504
        case .provider: 502
        case .overloaded: dialect == .anthropic ? 529 : 503
        case .invalidRequest, .contentFilter: 400
        case .authentication: 401
        case .permission: 403
        case .clientClosed: 499
        }
    }

    /// The provider's own word for it; "" where the provider had no say.
    func code(_ dialect: DemoProvider.ErrorDialect) -> String {
        switch (self, dialect) {
        case (.none, _), (.timeout, _), (.clientClosed, _), (.streamInterrupted, _): ""
        case (.rateLimit, .openAI): "rate_limit_exceeded"
        case (.rateLimit, .anthropic): "rate_limit_error"
        case (.provider, .openAI): "server_error"
        case (.provider, .anthropic): "api_error"
        case (.overloaded, .openAI): "service_unavailable"
        case (.overloaded, .anthropic): "overloaded_error"
        case (.invalidRequest, .openAI): "context_length_exceeded"
        case (.invalidRequest, .anthropic): "invalid_request_error"
        case (.authentication, .openAI): "invalid_api_key"
        case (.authentication, .anthropic): "authentication_error"
        case (.permission, .openAI): "model_not_allowed"
        case (.permission, .anthropic): "permission_error"
        case (.quota, .openAI): "insufficient_quota"
        case (.quota, .anthropic): "billing_error"
        case (.contentFilter, _): "content_filter"
        }
    }

    /// The text of the error; "" where there is none.
    var message: String {
        switch self {
        case .none, .clientClosed: ""
        case .rateLimit: "Rate limit reached for requests. Please try again in 1s."
        case .timeout: "The upstream server did not answer in time."
        case .provider: "The server had an error while processing your request."
        case .overloaded: "The engine is currently overloaded, please try again later."
        case .invalidRequest: "This model's maximum context length is exceeded by your messages."
        case .authentication: "Incorrect API key provided."
        case .permission: "You are not allowed to use this model."
        case .quota: "You exceeded your current quota, please check your plan and billing details."
        case .contentFilter: "The response was filtered by the content management policy."
        case .streamInterrupted: "The stream ended without a final message."
        }
    }

    /// A failure for a uniform number in 0..<1, by ``share``.
    static func draw(_ unit: Double) -> CallFailure {
        var rest = unit
        for failure in allCases.dropFirst() {
            rest -= failure.share
            if rest < 0 { return failure }
        }
        return .rateLimit
    }
}
