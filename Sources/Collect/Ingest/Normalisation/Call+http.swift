internal import ByteCoding
internal import GatewayModel

extension Call {
    /// Takes the path out of a request target or a whole URL: without scheme, host, query and fragment (queries carry secrets).
    mutating func setPath(_ text: UnsafeRawBufferPointer) {
        var start = 0
        if unsafe text.count > 0 && text[0] != UInt8(ascii: "/"), let scheme = unsafe LooseText.find("://", in: text) {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: text[(scheme + 3)...])
            guard let slash = unsafe LooseText.firstIndex(of: UInt8(ascii: "/"), in: rest) else { return draft.setText(.path, "/") }
            start = scheme + 3 + slash
        }
        var end = start
        while end < text.count, unsafe text[end] != UInt8(ascii: "?") && text[end] != UInt8(ascii: "#") { end += 1 }
        unsafe draft.setText(.path, UnsafeRawBufferPointer(rebasing: text[start..<end]))
    }

    mutating func readPath(_ scanner: inout JSONScanner) throws(JSONError) {
        unsafe try readString(.path, &scanner) { call, text in unsafe call.setPath(text) }
    }

    /// `POST /v1/chat/completions HTTP/1.1`, nginx's `$request`.
    mutating func setRequestLine(_ text: UnsafeRawBufferPointer) {
        guard let space = unsafe LooseText.firstIndex(of: UInt8(ascii: " "), in: text) else { return reject(.path) }
        unsafe draft.setText(.method, UnsafeRawBufferPointer(rebasing: text[..<space]))
        let rest = unsafe UnsafeRawBufferPointer(rebasing: text[(space + 1)...])
        let end = unsafe LooseText.firstIndex(of: UInt8(ascii: " "), in: rest) ?? rest.count
        unsafe setPath(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }

    mutating func readStatus(_ scanner: inout JSONScanner) throws(JSONError) {
        try readCount(.status, &scanner, max: ValueLimits.statusMax)
    }

    /// Reads nginx's list of upstream addresses: the last one answered.
    mutating func readUpstream(_ scanner: inout JSONScanner) throws(JSONError) {
        unsafe try readString(.serverAddress, &scanner) { call, text in
            call.facts.upstream = unsafe call.maps.providers.upstream(text)
            let host = call.facts.upstream.host
            if !host.isEmpty { unsafe call.draft.setText(.serverAddress, UnsafeRawBufferPointer(rebasing: text[host])) }
        }
    }

    /// Reads a gateway's name of the upstream instance.
    mutating func readInstance(_ scanner: inout JSONScanner) throws(JSONError) {
        unsafe try readString(.provider, &scanner) { call, text in
            if let provider = unsafe call.maps.providers.provider(ofInstance: text) { call.facts.instanceProvider = provider }
        }
    }

    /// Reads `00-<trace id>-<parent id>-<flags>` (W3C Trace Context, 3.2).
    mutating func readTraceparent(_ scanner: inout JSONScanner) throws(JSONError) {
        unsafe try readString(.traceID, &scanner) { call, text in
            guard text.count >= 55, unsafe text[2] == UInt8(ascii: "-"), unsafe text[35] == UInt8(ascii: "-"), unsafe text[52] == UInt8(ascii: "-")
            else { return call.reject(.traceID) }
            unsafe call.setHex(.traceID, UnsafeRawBufferPointer(rebasing: text[3..<35]))
            unsafe call.setHex(.spanID, UnsafeRawBufferPointer(rebasing: text[36..<52]))
        }
    }

    /// Sets an id of 16 or 32 hexadecimal digits; all zeros mean "none" (W3C Trace Context, 3.2.2.3).
    mutating func setHex(_ field: RequestField, _ text: UnsafeRawBufferPointer) {
        // Eight digits at a time and without a branch: whether a random digit is a letter cannot be predicted.
        var bad: UInt64 = 0
        var nonzero: UInt64 = 0
        for offset in stride(from: 0, to: text.count & ~7, by: 8) {
            let word = unsafe text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            bad |= LooseText.nonHexDigits(word)
            nonzero |= word ^ 0x3030_3030_3030_3030
        }
        guard bad == 0, text.count & 7 == 0 else { return reject(field) }
        if nonzero != 0 { unsafe draft.setText(field, text) }
    }

    /// Reads a cache outcome in any of the gateways' spellings.
    mutating func readCacheStatus(_ scanner: inout JSONScanner) throws(JSONError) {
        if case .bool = try scanner.peek() {
            draft.setText(.cacheStatus, try scanner.readBool() ? "hit" : "miss")
            return
        }
        unsafe try readString(.cacheStatus, &scanner) { call, text in
            if unsafe text.count == 0 || LooseText.equals(text, "-") { return }
            if unsafe LooseText.equalsIgnoringCase(text, "hit") || LooseText.equalsIgnoringCase(text, "true") { return call.draft.setText(.cacheStatus, "hit") }
            if unsafe LooseText.equalsIgnoringCase(text, "miss") || LooseText.equalsIgnoringCase(text, "false") { return call.draft.setText(.cacheStatus, "miss") }
            if unsafe LooseText.equalsIgnoringCase(text, "bypass") { return call.draft.setText(.cacheStatus, "bypass") }
            call.reject(.cacheStatus)
        }
    }
}
