internal import ByteCoding
internal import GatewayModel

/// Reads facts out of requests and responses of model APIs without keeping content: model, stream, tools; id, model, finish reasons,
/// tool calls, usage and errors. Understands OpenAI chat and Responses, Anthropic Messages and Bedrock Converse, whole or as stream chunks.
struct ProviderBody {
    var usage = ProviderUsage()
    /// A chunk list was there: the answer was streamed.
    var hasChunks = false

    private enum Key: UInt8 {
        case id = 1, model, choices, usage, stopReason, delta, message, groq, error, content, chunks, output
    }

    private static let keys = KeySet([
        ("id", 1), ("model", 2), ("choices", 3), ("usage", 4), ("usageMetadata", 4), ("stop_reason", 5), ("stopReason", 5), ("delta", 6), ("message", 7),
        ("response", 7), ("x_groq", 8), ("error", 9), ("content", 10), ("streamed_data", 11), ("output", 12),
    ])
    private static let choice = KeySet([("finish_reason", 1), ("message", 2), ("delta", 2)])
    private static let choiceMessage = KeySet([("tool_calls", 1), ("function_call", 1)])
    private static let part = KeySet([("type", 1)])
    private static let groq = KeySet([("usage", 1)])
    private static let request = KeySet([("model", 1), ("stream", 2), ("tools", 3), ("safety_identifier", 4), ("user", 4)])
    /// Objects inside objects that are looked into: a stream event's message, its usage.
    private static let nestingMax = 3

    /// Reads a request body; the text of the messages is passed over.
    static func readRequest(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        _ = try scanner.eachMember(request) { number, _, scanner throws(JSONError) in
            switch number {
            case 1: try call.readText(.requestModel, &scanner)
            case 2: try call.readBool(.stream, &scanner)
            case 3: if let count = try scanner.countElements() { call.draft[integer: .toolCount] = Int64(count) }
            case 4 where !call.draft.hasText(.user): try call.readText(.user, &scanner)
            default: try scanner.skipValue()
            }
        }
    }

    /// Reads a response body or one stream chunk.
    mutating func readResponse(_ scanner: inout JSONScanner, _ call: inout Call, depth: Int = 0) throws(JSONError) {
        _ = try scanner.eachMember(Self.keys) { number, _, scanner throws(JSONError) in
            switch Key(rawValue: number) {
            case .id where !call.draft.hasText(.responseID): try call.readText(.responseID, &scanner)
            case .model where !call.draft.hasText(.responseModel): try call.readText(.responseModel, &scanner)
            case .choices: try readChoices(&scanner, &call)
            case .usage: try usage.read(&scanner)
            case .stopReason: try readFinish(&scanner, &call)
            case .delta, .message:
                if depth < Self.nestingMax, try scanner.peek() == .object { try readResponse(&scanner, &call, depth: depth + 1) } else { try scanner.skipValue() }
            case .groq: _ = try scanner.eachMember(Self.groq) { number, _, scanner throws(JSONError) in
                    if number == 1 { try usage.read(&scanner) } else { try scanner.skipValue() }
                }
            case .error: _ = try call.readError(&scanner)
            case .content, .output: try readParts(&scanner, &call)
            case .chunks: try readChunks(&scanner, &call, depth: depth)
            default: try scanner.skipValue()
            }
        }
    }

    private mutating func readChunks(_ scanner: inout JSONScanner, _ call: inout Call, depth: Int) throws(JSONError) {
        guard depth == 0 else { return try scanner.skipValue() }
        hasChunks = true
        try scanner.eachElement { scanner throws(JSONError) in
            if try scanner.peek() == .object { try readResponse(&scanner, &call, depth: 1) } else { try scanner.skipValue() }
        }
    }

    private func readFinish(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        call.facts.couldTellFinish = true
        try call.readFinishReasons(&scanner)
    }

    private func readChoices(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        try scanner.eachElement { scanner throws(JSONError) in
            _ = try scanner.eachMember(Self.choice) { number, _, scanner throws(JSONError) in
                switch number {
                case 1: try readFinish(&scanner, &call)
                case 2: _ = try scanner.eachMember(Self.choiceMessage) { number, _, scanner throws(JSONError) in
                        if number == 1 { try readToolCalls(&scanner, &call) } else { try scanner.skipValue() }
                    }
                default: try scanner.skipValue()
                }
            }
        }
    }

    private func readToolCalls(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        let isObject = try scanner.peek() == .object
        let count = try scanner.countElements()
        if isObject || (count ?? 0) > 0 { call.draft[integer: .toolCalled] = 1 }
    }

    /// Anthropic's content blocks and the output items of OpenAI's Responses: only their type is looked at.
    private func readParts(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        try scanner.eachElement { scanner throws(JSONError) in
            _ = try scanner.eachMember(Self.part) { number, _, scanner throws(JSONError) in
                guard number == 1, try scanner.peek() == .string else { return try scanner.skipValue() }
                let token = try scanner.readString()
                let isCall = unsafe LooseText.equals(scanner.bytes(of: token), "tool_use") || LooseText.equals(scanner.bytes(of: token), "function_call")
                if isCall { call.draft[integer: .toolCalled] = 1 }
            }
        }
    }

    /// Fills token fields that are still absent.
    func fillUsage(_ call: inout Call) {
        let pairs: [(RequestField, Int64)] = [
            (.inputTokens, usage.input), (.outputTokens, usage.output), (.totalTokens, usage.total), (.cacheReadTokens, usage.cacheRead),
            (.cacheCreationTokens, usage.cacheCreation), (.reasoningTokens, usage.reasoning),
        ]
        for (field, value) in pairs where call.draft[integer: field] == nil && value != absentInteger { call.draft[integer: field] = value }
        if usage.cacheStandsBesideInput { call.facts.cacheStandsBesideInput = true }
    }
}

extension Call {
    /// Reads a finish reason or a list of them and adds it to those known: different ones are joined by commas.
    mutating func readFinishReasons(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == .array else {
            guard try scanner.peek() == .string else { return try scanner.skipValue() }
            return unsafe try readString(.finishReason, &scanner) { call, text in unsafe call.addFinishReason(text) }
        }
        try scanner.beginArray()
        var first = true
        while try scanner.nextElement(&first) {
            guard try scanner.peek() == .string else {
                try scanner.skipValue()
                continue
            }
            unsafe try readString(.finishReason, &scanner) { call, text in unsafe call.addFinishReason(text) }
        }
    }

    private mutating func addFinishReason(_ text: UnsafeRawBufferPointer) {
        if text.count == 0 { return }
        guard draft.hasText(.finishReason) else { return unsafe draft.setText(.finishReason, text) }
        let joined: [UInt8]? = unsafe draft.withText(.finishReason) { known in
            let isKnown = unsafe known.split(separator: UInt8(ascii: ",")).contains { unsafe $0.elementsEqual(text) }
            return unsafe isKnown ? nil : Array(known) + [UInt8(ascii: ",")] + Array(text)
        }
        if let joined { unsafe joined.withUnsafeBytes { unsafe draft.setText(.finishReason, $0) } }
    }
}
