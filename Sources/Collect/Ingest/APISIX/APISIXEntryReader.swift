internal import ByteCoding
internal import GatewayModel

/// Reads the default entry ("full log") of APISIX's loggers, of all releases: one pass, in whatever order the keys come.
///
/// Durations are milliseconds, `start_time` is milliseconds since 1970. Keys that `log_format_extra` adds are read as those of a custom format.
final class APISIXEntryReader {
    private let keys: APISIXKeys
    private let summary: APISIXSummary
    private let extras: FlatRecordReader

    /// - Parameter countryHeaders: see ``GeographyRules/headers``.
    init(summary: APISIXSummary, extras: FlatRecordReader, countryHeaders: [String]) {
        keys = APISIXKeys(countryHeaders: countryHeaders)
        self.summary = summary
        self.extras = extras
    }

    func read(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.top) { number, key, scanner throws(JSONError) in
            switch APISIXKeys.Top(rawValue: number) {
            case .request: try readRequest(&scanner, &call)
            case .response: try readResponse(&scanner, &call)
            case .server: try readServer(&scanner, &call)
            case .upstream: try call.readUpstream(&scanner)
            case .upstreamLatency: try call.readDuration(.upstreamDuration, &scanner, .millisecondsOrNginxSeconds)
            case .apisixLatency:
                call.facts.evidence.insert(.apisix)
                try call.readDuration(.gatewayOverhead, &scanner, .milliseconds)
            case .latency:
                call.facts.evidence.insert(.apisix)
                try call.readDuration(.duration, &scanner, .milliseconds)
            case .startTime:
                call.facts.evidence.insert(.apisix)
                if let start = try call.readInstant(.start, &scanner, perUnit: 1_000) { call.facts.start = start }
            case .routeID:
                call.facts.evidence.insert(.apisix)
                // A route's name among the extra keys says more than its id.
                if call.draft.hasText(.route) { try scanner.skipValue() } else { try call.readText(.route, &scanner) }
            case .serviceID: try call.readText(.service, &scanner)
            case .consumer: try readConsumer(&scanner, &call)
            case .clientIP: try call.readText(.clientAddress, &scanner)
            case .summary: try summary.read(&scanner, &call)
            case .llmRequest: try readLLMRequest(&scanner, &call)
            case .llmResponse: try scanner.skipValue()
            case nil: try extras.readMember(key, &scanner, &call)
            }
        }
    }

    private func readRequest(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.request) { number, _, scanner throws(JSONError) in
            switch APISIXKeys.Request(rawValue: number) {
            case .uri:
                call.facts.evidence.insert(.request)
                try call.readPath(&scanner)
            case .url:
                call.facts.evidence.insert(.request)
                if call.draft.hasText(.path) { try scanner.skipValue() } else { try call.readPath(&scanner) }
            case .method:
                call.facts.evidence.insert(.request)
                try call.readText(.method, &scanner)
            case .headers: try readRequestHeaders(&scanner, &call)
            case .size: try call.readCount(.requestSize, &scanner, max: ValueLimits.sizeBytesMax)
            case nil: try scanner.skipValue()
            }
        }
    }

    private func readRequestHeaders(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.requestHeaders) { number, _, scanner throws(JSONError) in
            switch APISIXKeys.Header(rawValue: number) {
            case .userAgent: try call.readText(.userAgent, &scanner)
            case .traceparent: try call.readTraceparent(&scanner)
            case .country where !call.draft.hasText(.country): try call.readText(.country, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private func readResponse(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.response) { number, _, scanner throws(JSONError) in
            switch APISIXKeys.Response(rawValue: number) {
            case .status:
                call.facts.evidence.insert(.response)
                try call.readStatus(&scanner)
            case .headers: try readResponseHeaders(&scanner, &call)
            case .size: try call.readCount(.responseSize, &scanner, max: ValueLimits.sizeBytesMax)
            case .body: try readResponseBody(&scanner, &call)
            case nil: try scanner.skipValue()
            }
        }
    }

    private func readResponseHeaders(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.responseHeaders) { number, _, scanner throws(JSONError) in
            switch APISIXKeys.Header(rawValue: number) {
            case .contentType where try scanner.peek() == .string:
                let token = try scanner.readString()
                call.facts.hasContentType = true
                call.facts.isEventStream = unsafe call.withText(token, of: scanner) { unsafe LooseText.hasPrefix($0, "text/event-stream") }
            case .cacheStatus: try call.readCacheStatus(&scanner)
            case .requestID: try call.readText(.providerRequestID, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    /// A body is looked at only for what went wrong: the status stands before it in every release's entry, and may be missing.
    private func readResponseBody(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        guard let status = call.draft[integer: .status], status >= 400, try scanner.peek() == .string else { return try scanner.skipValue() }
        let token = try scanner.readString()
        var body: [UInt8] = []
        unsafe JSONText.unescape(scanner.bytes(of: token), into: &body)
        unsafe body.withUnsafeBytes { unsafe call.setError(body: $0) }
    }

    private func readServer(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.server) { number, _, scanner throws(JSONError) in
            switch number {
            case 1: try call.readText(.gatewayNode, &scanner)
            case 2: try call.readText(.gatewayVersion, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private func readConsumer(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.consumer) { number, _, scanner throws(JSONError) in
            if number == 1 { try call.readText(.client, &scanner) } else { try scanner.skipValue() }
        }
    }

    private func readLLMRequest(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        call.facts.isModelCall = true
        _ = try scanner.eachMember(keys.llmRequest) { number, _, scanner throws(JSONError) in
            if number == 1, call.draft[integer: .stream] == nil { try call.readBool(.stream, &scanner) } else { try scanner.skipValue() }
        }
    }
}
