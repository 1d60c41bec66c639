internal import ByteCoding
internal import GatewayModel

/// Reads the documents of the Noveum (MagicAPI) gateway's Elasticsearch exporter: as its code writes them, as its guide shows them, and with
/// the camel-case keys of older releases.
///
/// `timestamp` is taken when the document is built, at the end of the call. `status`, `provider_status_code` and the error counters
/// are never set by the code and are not read. Source: Noveum/ai-gateway `src/telemetry/metrics.rs` at v1.0.1.
final class NoveumDocumentReader {
    private enum Top: UInt8 {
        case timestamp = 1, resource, attributes, name
    }

    private enum Attribute: UInt8 {
        case id = 1, organization, user, project, experiment, provider, model, request, response, metadata
    }

    private enum Metadata: UInt8 {
        case latency = 1, ttfb, providerLatency, tokens, cost, path, method, requestSize, responseSize, statusCode, providerRequestID, project, errorType
    }

    private let top = KeySet([("timestamp", 1), ("resource", 2), ("attributes", 3), ("name", 4)])
    private let resource = KeySet([("service.version", 1), ("deployment.environment", 2), ("deployment.environment.name", 2)])
    private let attributes = KeySet([
        ("id", 1), ("org_id", 2), ("orgId", 2), ("user_id", 3), ("userId", 3), ("project_id", 4), ("projectId", 4), ("experiment_id", 5), ("experimentId", 5),
        ("provider", 6), ("model", 7), ("request", 8), ("response", 9), ("metadata", 10),
    ])
    private let metadata = KeySet([
        ("latency", 1), ("ttfb", 2), ("provider_latency", 3), ("providerLatency", 3), ("tokens", 4), ("cost", 5), ("path", 6), ("method", 7),
        ("request_size", 8), ("requestSize", 8), ("response_size", 9), ("responseSize", 9), ("status_code", 10), ("statusCode", 10),
        ("provider_request_id", 11), ("providerRequestId", 11), ("project_id", 12), ("projectId", 12), ("error_type", 13), ("errorType", 13),
    ])
    private let tokens = KeySet([("input", 1), ("output", 2), ("total", 3)])

    func read(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        var body = ProviderBody()
        _ = try scanner.eachMember(top) { number, _, scanner throws(JSONError) in
            switch Top(rawValue: number) {
            case .timestamp:
                call.facts.evidence.insert(.times)
                if let end = try call.readInstant(.time, &scanner) { call.facts.end = end }
            case .resource: try readResource(&scanner, &call)
            case .attributes: try readAttributes(&scanner, &call, &body)
            case .name, nil: try scanner.skipValue()
            }
        }
        finish(body, &call)
    }

    private func finish(_ body: ProviderBody, _ call: inout Call) {
        call.facts.isModelCall = true
        call.facts.couldTellUsage = true
        let draft = call.draft
        let isEstimate = draft[integer: .inputTokens] == nil && draft[integer: .outputTokens] != nil
        if isEstimate {
            // A count of the provider's own in the chunks is better than the gateway's guess of a token per four bytes.
            if body.usage.output != absentInteger { draft[integer: .outputTokens] = nil } else { call.facts.tokensAreEstimated = true }
        }
        body.fillUsage(&call)
        if body.hasChunks { draft[integer: .stream] = 1 } else if draft[integer: .stream] == nil { draft[integer: .stream] = 0 }
        if draft.hasText(.organization) { draft.copyText(from: .organization, to: .client) }
    }

    private func readResource(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(resource) { number, _, scanner throws(JSONError) in
            switch number {
            case 1: try call.readText(.gatewayVersion, &scanner)
            case 2: try call.readText(.environment, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private func readAttributes(_ scanner: inout JSONScanner, _ call: inout Call, _ body: inout ProviderBody) throws(JSONError) {
        let isObject = try scanner.eachMember(attributes) { number, _, scanner throws(JSONError) in
            switch Attribute(rawValue: number) {
            case .id: try call.readText(.requestID, &scanner)
            case .organization: try call.readText(.organization, &scanner)
            case .user: try call.readText(.user, &scanner)
            case .project: try call.readText(.project, &scanner)
            case .experiment: try call.readText(.experiment, &scanner)
            case .provider:
                call.facts.evidence.insert(.noveum)
                try call.readText(.provider, &scanner)
            case .model: try readModel(&scanner, &call)
            case .request: try ProviderBody.readRequest(&scanner, &call)
            case .response: try body.readResponse(&scanner, &call)
            case .metadata:
                call.facts.evidence.insert(.noveum)
                try readMetadata(&scanner, &call)
            case nil: try scanner.skipValue()
            }
        }
        if isObject { call.facts.evidence.insert(.attributes) }
    }

    /// The model of the response; the gateway writes `unknown` where it found none.
    private func readModel(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        try call.readText(.responseModel, &scanner)
        let isUnknown = unsafe call.draft.withText(.responseModel) { unsafe LooseText.equals($0, "unknown") }
        if isUnknown { call.draft.removeText(.responseModel) }
    }

    private func readMetadata(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(metadata) { number, _, scanner throws(JSONError) in
            switch Metadata(rawValue: number) {
            case .latency: try call.readDuration(.duration, &scanner, .milliseconds)
            case .ttfb: try call.readDuration(.upstreamTimeToFirstByte, &scanner, .milliseconds)
            case .providerLatency:
                try call.readDuration(.upstreamDuration, &scanner, .milliseconds)
                // 0 is what the gateway writes for all providers but one.
                if call.draft[integer: .upstreamDuration] == 0 { call.draft[integer: .upstreamDuration] = nil }
            case .tokens: try readTokens(&scanner, &call)
            case .cost: try call.readDollars(.costReported, &scanner)
            case .path: try call.readPath(&scanner)
            case .method: try call.readText(.method, &scanner)
            case .requestSize: try call.readCount(.requestSize, &scanner, max: ValueLimits.sizeBytesMax)
            case .responseSize: try call.readCount(.responseSize, &scanner, max: ValueLimits.sizeBytesMax)
            case .statusCode: try call.readStatus(&scanner)
            case .providerRequestID: try call.readText(.providerRequestID, &scanner)
            case .project where !call.draft.hasText(.project): try call.readText(.project, &scanner)
            case .errorType where !call.draft.hasText(.errorCode): try call.readText(.errorCode, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private func readTokens(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(tokens) { number, _, scanner throws(JSONError) in
            switch number {
            case 1: try call.readTokens(.inputTokens, &scanner)
            case 2: try call.readTokens(.outputTokens, &scanner)
            case 3: try call.readTokens(.totalTokens, &scanner)
            default: try scanner.skipValue()
            }
        }
    }
}
