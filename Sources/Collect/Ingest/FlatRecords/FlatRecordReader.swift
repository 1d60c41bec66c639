internal import ByteCoding
internal import GatewayModel

/// Reads records whose keys are free: APISIX's custom `log_format` (every value may be a string), nginx's JSON access logs, and Gatewatch's
/// own exports, flat or nested. Keys that mean nothing are skipped.
final class FlatRecordReader {
    /// APISIX nests custom formats up to five objects deep; attribute names (`gen_ai.usage.cache_read.input_tokens`) need four.
    static let nestingMax = 6

    let map: FlatFieldMap
    private let summary: APISIXSummary
    private static let particularKeys = KeySet([("request", 1), ("attributes", 1), ("hidden_params", 1), ("call_type", 2), ("custom_llm_provider", 2)])

    init(map: FlatFieldMap, summary: APISIXSummary) {
        self.map = map
        self.summary = summary
    }

    func read(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        guard try scanner.peek() == .object else { return try scanner.skipValue() }
        try scanner.beginObject()
        var first = true
        while let key = try scanner.nextKey(&first) { try readMember(key, &scanner, &call) }
    }

    /// Reads the value of one top-level key.
    func readMember(_ key: JSONScanner.Text, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        let meaning = unsafe map.field(scanner.bytes(of: key))
        let mark = unsafe Self.particularKeys.number(of: scanner.bytes(of: key))
        if mark == 2 { call.facts.evidence.insert(.particular) }
        if mark == 1, try scanner.peek() == .object { call.facts.evidence.insert(.particular) }
        if try scanner.peek() == .object, meaning?.rule != .summary {
            if meaning?.rule == .foreign { call.facts.evidence.insert(.foreign) }
            if meaning?.rule == .ignored { return try scanner.skipValue() }
            var path: [UInt8] = []
            unsafe path.append(contentsOf: scanner.bytes(of: key))
            return try readNested(&path, depth: 1, &scanner, &call)
        }
        guard let meaning else { return try scanner.skipValue() }
        try readValue(meaning, &scanner, &call)
    }

    private func readNested(_ path: inout [UInt8], depth: Int, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        guard depth < Self.nestingMax else { return try scanner.skipValue() }
        try scanner.beginObject()
        var first = true
        let length = path.count
        while let key = try scanner.nextKey(&first) {
            path.append(UInt8(ascii: "."))
            unsafe path.append(contentsOf: scanner.bytes(of: key))
            if try scanner.peek() == .object {
                try readNested(&path, depth: depth + 1, &scanner, &call)
            } else if let meaning = unsafe path.withUnsafeBytes({ unsafe map.field($0) }) {
                try readValue(meaning, &scanner, &call)
            } else {
                try scanner.skipValue()
            }
            path.removeSubrange(length...)
        }
    }

    private func readValue(_ meaning: FlatField, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        let field = meaning.field
        switch meaning.rule {
        case .text: try readText(field, &scanner, &call)
        case .status: try call.readStatus(&scanner)
        case .size: try call.readCount(field, &scanner, max: ValueLimits.sizeBytesMax)
        case .count: try call.readCount(field, &scanner, max: ValueLimits.countMax)
        case .tokens: try call.readTokens(field, &scanner)
        case .bool: try call.readBool(field, &scanner)
        case .dollars: try call.readDollars(field, &scanner)
        case .microseconds: try call.readDuration(field, &scanner, .microseconds)
        case .milliseconds: try call.readDuration(field, &scanner, .milliseconds)
        case .seconds: try call.readDuration(field, &scanner, .seconds)
        case .apisixTime: try call.readDuration(field, &scanner, .millisecondsOrNginxSeconds)
        case .startTime: if let instant = try call.readInstant(field, &scanner) { call.facts.start = instant }
        case .endTime: if let instant = try call.readInstant(field, &scanner) { call.facts.end = instant }
        case .firstToken: call.facts.firstToken = try call.readMicroseconds(field, &scanner, .milliseconds) ?? absentInteger
        case .upstreamTime: call.facts.upstreamFallback = try call.readMicroseconds(field, &scanner, .millisecondsOrNginxSeconds) ?? absentInteger
        case .promptTokens, .completionTokens: try readProtocolTokens(meaning, &scanner, &call)
        default: try readSpecial(meaning, &scanner, &call)
        }
        if map.isSubstance[Int(field.rawValue)], call.draft[integer: field] != nil || call.draft.hasText(field) { call.facts.substance += 1 }
    }

    /// The rest of the rules: values that are more than one field's.
    private func readSpecial(_ meaning: FlatField, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        switch meaning.rule {
        case .path: try call.readPath(&scanner)
        case .requestLine: unsafe try call.readString(.path, &scanner) { call, text in unsafe call.setRequestLine(text) }
        case .upstream: try call.readUpstream(&scanner)
        case .instance: try call.readInstance(&scanner)
        case .requestType: try readRequestType(&scanner, &call)
        case .traceparent: try call.readTraceparent(&scanner)
        case .cacheStatus: try call.readCacheStatus(&scanner)
        case .finishReasons: try call.readFinishReasons(&scanner)
        case .errorClass: try readErrorClass(&scanner, &call)
        case .summary:
            call.facts.evidence.insert(.gatewayIDs)
            call.facts.substance += 1
            try summary.read(&scanner, &call)
        case .canonical:
            call.facts.isCanonical = true
            if meaning.field == .observer { try call.readText(.observer, &scanner) } else { try scanner.skipValue() }
        case .foreign:
            call.facts.evidence.insert(.foreign)
            try scanner.skipValue()
        default: try scanner.skipValue()
        }
    }

    private func readText(_ field: RequestField, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        if field == .route || field == .service { call.facts.evidence.insert(.gatewayIDs) }
        // `serverAddress` and `provider` under their own names are canonical texts; nginx writes `-` for "none".
        try call.readText(field, &scanner)
        let isDash = unsafe call.draft.withText(field) { unsafe $0.count == 1 && $0[0] == UInt8(ascii: "-") }
        if isDash { call.draft.removeText(field) }
    }

    private func readProtocolTokens(_ meaning: FlatField, _ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        call.facts.zeroTokensMeanUnknown = true
        call.facts.inputFollowsProtocol = true
        call.facts.couldTellUsage = true
        try call.readTokens(meaning.field, &scanner)
    }

    /// `$request_type`: `traditional_http`, `ai_chat` or `ai_stream`; embeddings count as `ai_chat`.
    private func readRequestType(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        unsafe try call.readString(.operation, &scanner) { call, text in
            guard unsafe LooseText.hasPrefix(text, "ai_") else { return }
            call.facts.isModelCall = true
            call.facts.substance += 1
            if unsafe LooseText.equals(text, "ai_stream") { call.draft[integer: .stream] = 1 }
            if unsafe LooseText.equals(text, "ai_chat"), call.draft[integer: .stream] == nil { call.draft[integer: .stream] = 0 }
        }
    }

    /// A class of the closed list is taken as it is; any other text is a provider's code.
    private func readErrorClass(_ scanner: inout JSONScanner, _ call: inout Call) throws(JSONError) {
        unsafe try call.readString(.errorType, &scanner) { call, text in
            if text.count == 0 { return }
            if let known = unsafe ErrorClass(named: text) ?? ErrorClass(code: text) { call.facts.reportedError = known }
            else { unsafe call.draft.setText(.errorCode, text) }
            call.facts.hasErrorObject = true
        }
    }
}
