internal import ByteCoding
internal import GatewayModel

/// Reads the payloads of LiteLLM's generic API callback. Times are seconds since 1970; `response_time` is the time to the first
/// token of a stream and is not read; `prompt_tokens` already include the prompt cache.
final class LiteLLMPayloadReader {
    private let keys = LiteLLMKeys()

    /// What is put together from several keys when all are read.
    private struct Parts {
        var completionStart = absentInteger
        var isFailure = false
        var isSuccess = false
        var body = ProviderBody()
        /// Where the key's hash stands in the document.
        var keyHash: JSONScanner.Text?
        var hasCallID = false
        var hasModelGroup = false
    }

    func read(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        var parts = Parts()
        _ = try scanner.eachMember(keys.top) { number, _, scanner throws(JSONError) in
            switch LiteLLMKeys.Top(rawValue: number) {
            case .startTime:
                call.facts.evidence.insert(.times)
                if let start = try call.readInstant(.start, &scanner, perUnit: 1e6) { call.facts.start = start }
            case .endTime: if let end = try call.readInstant(.time, &scanner, perUnit: 1e6) { call.facts.end = end }
            case .completionStart: parts.completionStart = try call.readInstant(.timeToFirstToken, &scanner, perUnit: 1e6) ?? absentInteger
            case .callType:
                call.facts.evidence.insert(.litellm)
                try call.readText(.operation, &scanner)
            case .provider:
                call.facts.evidence.insert(.litellm)
                try call.readText(.provider, &scanner)
            case .stream: try call.readBool(.stream, &scanner)
            case .totalTokens: try call.readTokens(.totalTokens, &scanner)
            case .promptTokens: try call.readTokens(.inputTokens, &scanner)
            case .completionTokens: try call.readTokens(.outputTokens, &scanner)
            case .responseCost: try call.readDollars(.costReported, &scanner)
            default: try readRest(number, &scanner, &call, &parts)
            }
        }
        finish(parts, &call)
        if !call.draft.hasText(.client), let hash = parts.keyHash { call.draft.setText(.client, hash, of: scanner) }
    }

    private func readRest(_ number: UInt8, _ scanner: inout JSONScanner, _ call: inout Call, _ parts: inout Parts) throws(JSONError) {
        switch LiteLLMKeys.Top(rawValue: number) {
        case .id:
            // On success it is the provider's response id.
            if parts.hasCallID { try call.readText(.responseID, &scanner) } else { try call.readText(.requestID, &scanner) }
        case .callID:
            if call.draft.hasText(.requestID) { call.draft.copyText(from: .requestID, to: .responseID) }
            try call.readText(.requestID, &scanner)
            parts.hasCallID = call.draft.hasText(.requestID)
        case .status: try readOutcome(&scanner, &call, &parts)
        case .modelGroup:
            try call.readText(.requestModel, &scanner)
            parts.hasModelGroup = call.draft.hasText(.requestModel)
        case .model: try call.readText(.upstreamModel, &scanner)
        case .modelID: try call.readText(.service, &scanner)
        case .apiBase: try readAPIBase(&scanner, &call)
        case .cacheHit: try call.readCacheStatus(&scanner)
        case .endUser: try call.readText(.user, &scanner)
        case .address: try call.readText(.clientAddress, &scanner)
        case .userAgent: try call.readText(.userAgent, &scanner)
        case .tags: try readTags(&scanner, &call)
        case .traceID: try readTraceID(&scanner, &call)
        case .sessionID: try call.readText(.conversationID, &scanner)
        default: try readObject(number, &scanner, &call, &parts)
        }
    }

    private func readObject(_ number: UInt8, _ scanner: inout JSONScanner, _ call: inout Call, _ parts: inout Parts) throws(JSONError) {
        switch LiteLLMKeys.Top(rawValue: number) {
        case .metadata: try readMetadata(&scanner, &call, &parts)
        case .response:
            if try scanner.peek() == .object { try parts.body.readResponse(&scanner, &call) } else { try scanner.skipValue() }
        case .errorText: unsafe try call.readString(.errorMessage, &scanner) { call, text in unsafe call.setErrorMessage(text) }
        case .errorInformation: try readErrorInformation(&scanner, &call)
        case .hidden:
            _ = try scanner.eachMember(keys.hidden) { number, _, scanner throws(JSONError) in
                if number == 1 { try call.readDuration(.gatewayOverhead, &scanner, .milliseconds) } else { try scanner.skipValue() }
            }
        case .parameters:
            _ = try scanner.eachMember(keys.parameters) { number, _, scanner throws(JSONError) in
                if number == 1, let count = try scanner.countElements() { call.draft[integer: .toolCount] = Int64(count) }
                else if number != 1 { try scanner.skipValue() }
            }
        case .statusFields:
            _ = try scanner.eachMember(keys.statusFields) { number, _, scanner throws(JSONError) in
                if number == 1 { try call.readText(.guardrailStatus, &scanner) } else { try scanner.skipValue() }
            }
        default: try scanner.skipValue()
        }
    }

    private func readOutcome(_ scanner: inout JSONScanner, _ call: inout Call, _ parts: inout Parts) throws(JSONError) {
        guard try scanner.peek() == .string else { return try scanner.skipValue() }
        let token = try scanner.readString()
        parts.isFailure = unsafe LooseText.equals(scanner.bytes(of: token), "failure")
        parts.isSuccess = unsafe LooseText.equals(scanner.bytes(of: token), "success")
    }

    private func readAPIBase(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        unsafe try call.readString(.serverAddress, &scanner) { call, text in
            let start = unsafe LooseText.find("://", in: text).map { $0 + 3 } ?? 0
            var end = start
            while end < text.count, unsafe text[end] != UInt8(ascii: "/") && text[end] != UInt8(ascii: ":") && text[end] != UInt8(ascii: "?") { end += 1 }
            unsafe call.draft.setText(.serverAddress, UnsafeRawBufferPointer(rebasing: text[start..<end]))
        }
    }

    /// LiteLLM itself adds tags such as `User-Agent: ...`; the first of another kind is the caller's.
    private func readTags(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        try scanner.eachElement { scanner throws(JSONError) in
            guard try scanner.peek() == .string else { return try scanner.skipValue() }
            let token = try scanner.readString()
            let draft = call.draft
            unsafe call.withText(token, of: scanner) { text in
                if unsafe !draft.hasText(.experiment) && !LooseText.hasPrefix(text, "User-Agent:") { unsafe draft.setText(.experiment, text) }
            }
        }
    }

    /// A trace id only where it has the form of one; else it is LiteLLM's own grouping id.
    private func readTraceID(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        guard try scanner.peek() == .string else { return try scanner.skipValue() }
        let token = try scanner.readString()
        let bytes = unsafe scanner.bytes(of: token)
        let isTrace = unsafe bytes.count == 32 && bytes.allSatisfy { LooseText.isHexDigit($0) }
        if isTrace { unsafe call.setHex(.traceID, bytes) }
    }

    private func readMetadata(_ scanner: inout JSONScanner, _ call: inout Call, _ parts: inout Parts) throws(JSONError) {
        _ = try scanner.eachMember(keys.metadata) { number, _, scanner throws(JSONError) in
            switch LiteLLMKeys.Metadata(rawValue: number) {
            case .keyAlias:
                try call.readText(.client, &scanner)
            case .teamAlias: try call.readText(.team, &scanner)
            case .keyHash:
                // The last resort behind the aliases, wherever the key stands.
                if case .string = try scanner.peek() { parts.keyHash = try scanner.readString() } else { try scanner.skipValue() }
            case .organization: try call.readText(.organization, &scanner)
            case .project: try call.readText(.project, &scanner)
            case .route: try call.readPath(&scanner)
            case .usage: try parts.body.usage.read(&scanner)
            default: try scanner.skipValue()
            }
        }
    }

    private func readErrorInformation(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(keys.error) { number, _, scanner throws(JSONError) in
            switch LiteLLMKeys.ErrorPart(rawValue: number) {
            case .code: try readErrorCode(&scanner, &call)
            case .errorClass: try readErrorClass(&scanner, &call)
            case .message: unsafe try call.readString(.errorMessage, &scanner) { call, text in unsafe call.setErrorMessage(text) }
            case .limitCategory: unsafe try call.readString(.errorCode, &scanner) { call, text in
                    guard text.count > 0 else { return }
                    if call.facts.reportedError != .quota { call.facts.reportedError = .rateLimit }
                    unsafe call.draft.setText(.errorCode, text)
                }
            case .limitType: unsafe try call.readString(.errorCode, &scanner) { call, text in
                    if unsafe LooseText.equals(text, "budget") { call.facts.reportedError = .quota }
                }
            case .requestID: try call.readText(.providerRequestID, &scanner)
            case nil: try scanner.skipValue()
            }
        }
    }

    /// A status as text; it may be empty, or a name such as `ClientDisconnected`.
    private func readErrorCode(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        guard try scanner.peek() == .string else { return try call.readStatus(&scanner) }
        unsafe try call.readString(.status, &scanner) { call, text in
            if let number = unsafe NumberText.parse(text), let status = number.integer, status > 0 { return call.setCount(.status, number, max: ValueLimits.statusMax) }
            if let known = unsafe ErrorClass(code: text) { call.facts.reportedError = known }
        }
    }

    private func readErrorClass(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        unsafe try call.readString(.errorCode, &scanner) { call, text in
            guard text.count > 0 else { return }
            if call.facts.reportedError == nil { call.facts.reportedError = unsafe ErrorClass(code: text) }
            if !call.draft.hasText(.errorCode) { unsafe call.draft.setText(.errorCode, text) }
        }
    }

    private func finish(_ parts: Parts, _ call: inout Call) {
        let draft = call.draft
        call.facts.isModelCall = true
        call.facts.couldTellUsage = parts.isSuccess
        draft.setText(.method, "POST")
        if !parts.hasModelGroup { draft.copyText(from: .upstreamModel, to: .requestModel) }
        if !draft.hasText(.client), draft.hasText(.team) { draft.copyText(from: .team, to: .client) }
        if parts.isFailure { call.facts.hasErrorObject = true }
        if parts.isSuccess, draft[integer: .status] == nil { draft[integer: .status] = 200 }
        // `completionStartTime` equal to `endTime` is how "unknown" is written.
        if draft[integer: .stream] == 1, parts.completionStart != absentInteger, call.facts.start != absentInteger,
            parts.completionStart != call.facts.end, parts.completionStart >= call.facts.start
        {
            call.facts.firstToken = parts.completionStart - call.facts.start
        }
        parts.body.fillUsage(&call)
        // The payload's own input count has the cache inside, whatever the usage object's dialect is.
        call.facts.cacheStandsBesideInput = false
    }
}
