internal import ByteCoding
internal import GatewayModel

/// The keys of error objects of OpenAI, Anthropic, Azure and of the gateways.
enum ErrorKey: UInt8 {
    case error = 1, message, type, code, status

    static let keys = KeySet([("error", 1), ("message", 2), ("type", 3), ("code", 4), ("status", 5), ("error_msg", 2), ("detail", 2)])
}

extension Call {
    /// Takes error type, code and message out of a response body that may hold an error object. The rest of the body is not kept.
    mutating func setError(body: UnsafeRawBufferPointer) {
        let text = unsafe LooseText.trim(body)
        if unsafe text.count > 0 && text[0] == UInt8(ascii: "{") {
            var scanner = unsafe JSONScanner(text)
            // A body may be cut short by the gateway; what was read until there stays.
            _ = try? readErrorObject(&scanner, depth: 0)
            return
        }
        unsafe setErrorMessage(text)
    }

    /// Reads the value of an `error` key: an object, an object as JSON in a string, a text, or null.
    ///
    /// - Returns: whether there was an error.
    mutating func readError(_ scanner: inout JSONScanner) throws(JSONError) -> Bool {
        switch try scanner.peek() {
        case .object:
            try readErrorObject(&scanner, depth: 1)
            facts.hasErrorObject = true
        case .string:
            let token = try scanner.readString()
            if token.count == 0 { return false }
            var text: [UInt8] = []
            unsafe JSONText.unescape(scanner.bytes(of: token), into: &text)
            unsafe text.withUnsafeBytes { unsafe setError(body: $0) }
            facts.hasErrorObject = true
        case .null, .bool, .number, .array:
            try scanner.skipValue()
            return false
        }
        return true
    }

    private mutating func readErrorObject(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        _ = try scanner.eachMember(ErrorKey.keys) { number, _, scanner throws(JSONError) in
            switch ErrorKey(rawValue: number) {
            case .error where depth < 2:
                if try scanner.peek() == .object { try readErrorObject(&scanner, depth: depth + 1) } else { try readErrorText(&scanner) }
            case .message: try readErrorText(&scanner)
            case .type: try readErrorCode(&scanner, isWeak: true)
            case .code: try readErrorCode(&scanner, isWeak: false)
            case .status, .error, nil: try scanner.skipValue()
            }
        }
    }

    private mutating func readErrorText(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == .string else { return try scanner.skipValue() }
        unsafe try readString(.errorMessage, &scanner) { call, text in unsafe call.setErrorMessage(text) }
    }

    /// Reads a type or a code: a code says more than a type (`requests` against `rate_limit_exceeded`), a known one more than an unknown.
    private mutating func readErrorCode(_ scanner: inout JSONScanner, isWeak: Bool) throws(JSONError) {
        guard try scanner.peek() == .string else { return try scanner.skipValue() }
        unsafe try readString(.errorCode, &scanner) { call, text in
            guard unsafe text.count > 0 && !LooseText.equals(text, "error") else { return }
            let known = unsafe ErrorClass(code: text)
            if let known, call.facts.reportedError == nil || !isWeak { call.facts.reportedError = known }
            if !isWeak || !call.draft.hasText(.errorCode) { unsafe call.draft.setText(.errorCode, text) }
        }
    }

    /// Keeps the first message, shortened and without secrets.
    mutating func setErrorMessage(_ text: UnsafeRawBufferPointer) {
        guard text.count > 0 && !draft.hasText(.errorMessage) else { return }
        let clean = unsafe SecretScrubber.scrub(text, bytesMax: ValueLimits.errorMessageBytesMax)
        unsafe clean.withUnsafeBytes { unsafe draft.setText(.errorMessage, $0) }
    }
}
