internal import ByteCoding

/// The keys of the default entry of APISIX's loggers and of the LLM objects in it.
///
/// Source: apache/apisix `apisix/utils/log-util.lua` and `apisix/plugins/ai-proxy/base.lua`, tags 3.10.0 to 3.18.0.
final class APISIXKeys {
    enum Top: UInt8 {
        case request = 1, response, server, upstream, upstreamLatency, apisixLatency, latency, startTime, routeID, serviceID, consumer, clientIP
        case summary, llmRequest, llmResponse
    }

    enum Request: UInt8 {
        case url = 1, uri, method, headers, size
    }

    enum Response: UInt8 {
        case status = 1, headers, size, body
    }

    enum Header: UInt8 {
        case userAgent = 1, traceparent, contentType, cacheStatus, requestID, country
    }

    let top = KeySet([
        ("request", 1), ("response", 2), ("server", 3), ("upstream", 4), ("upstream_latency", 5), ("apisix_latency", 6), ("latency", 7),
        ("start_time", 8), ("route_id", 9), ("service_id", 10), ("consumer", 11), ("client_ip", 12), ("llm_summary", 13), ("llm_request", 14),
        ("llm_response_text", 15),
    ])
    let request = KeySet([("url", 1), ("uri", 2), ("method", 3), ("headers", 4), ("size", 5)])
    let response = KeySet([("status", 1), ("headers", 2), ("size", 3), ("body", 4)])
    /// With those that name the client's country.
    let requestHeaders: KeySet
    /// `request-id` is Anthropic's spelling of the provider's id.
    let responseHeaders = KeySet([("content-type", 3), ("x-ai-cache-status", 4), ("x-request-id", 5), ("request-id", 5)])
    let server = KeySet([("hostname", 1), ("version", 2)])
    let consumer = KeySet([("username", 1)])
    let llmRequest = KeySet([("stream", 1)])

    /// - Parameter countryHeaders: lower case, each once, at most ``KeySet/keyBytesMax`` bytes.
    init(countryHeaders: [String]) {
        requestHeaders = KeySet([("user-agent", Header.userAgent.rawValue), ("traceparent", Header.traceparent.rawValue)] + countryHeaders.map { ($0, Header.country.rawValue) })
    }
}
