internal import ByteCoding

/// Removes what looks like a secret or an e-mail address from a text: API keys (`sk-...`), `Bearer ...`, `Basic ...`, and the values of
/// `key=`, `token=` and the like, in query strings and in prose. Lexical, one pass, no regular expressions.
enum SecretScrubber {
    static let mark: StaticString = "[redacted]"

    /// Names whose value is a secret when it follows behind `=` or `:`.
    private static let names: [StaticString] = [
        "key", "api_key", "apikey", "api-key", "token", "access_token", "sig", "signature", "secret", "client_secret", "password", "passwd", "pwd", "authorization",
    ]

    /// A copy of at most `bytesMax` bytes, cut at a character's edge.
    static func scrub(_ text: UnsafeRawBufferPointer, bytesMax: Int) -> [UInt8] {
        var output: [UInt8] = []
        unsafe scrub(text, into: &output, bytesMax: bytesMax)
        return output
    }

    /// Appends the scrubbed text to `output`, at most `bytesMax` bytes of it.
    static func scrub(_ text: UnsafeRawBufferPointer, into output: inout [UInt8], bytesMax: Int) {
        let limit = output.count + bytesMax
        var index = 0
        while index < text.count, output.count < limit {
            let length = unsafe secretLength(text, index)
            if length.hidden > 0 {
                unsafe output.append(contentsOf: text[index..<index + length.kept])
                append(mark, to: &output)
                index += length.kept + length.hidden
            } else {
                let end = unsafe wordEnd(text, index)
                unsafe output.append(contentsOf: text[index..<end])
                index = end
            }
        }
        if output.count > limit {
            var end = limit
            while end > 0, output[end] & 0xC0 == 0x80 { end -= 1 }
            output.removeSubrange(end...)
        }
    }

    static func append(_ text: StaticString, to output: inout [UInt8]) {
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// At the start of a word: how many bytes to keep (a name and its `=`) and how many to hide behind them.
    private static func secretLength(_ text: UnsafeRawBufferPointer, _ start: Int) -> (kept: Int, hidden: Int) {
        guard unsafe isWordByte(text[start]) else { return (0, 0) }
        let word = unsafe UnsafeRawBufferPointer(rebasing: text[start..<wordEnd(text, start)])
        let end = start + word.count
        if unsafe isAPIKey(word) { return (0, word.count) }
        if unsafe end < text.count && text[end] == UInt8(ascii: "@"), word.count > 0 {
            let domain = unsafe wordEnd(text, end + 1)
            if domain > end + 1 { return (0, domain - start) }
        }
        let isScheme = unsafe LooseText.equalsIgnoringCase(word, "bearer") || LooseText.equalsIgnoringCase(word, "basic")
        if isScheme, end < text.count, unsafe text[end] == UInt8(ascii: " ") {
            let hidden = unsafe valueLength(text, end + 1)
            if hidden >= 8 || (unsafe LooseText.equalsIgnoringCase(word, "bearer") && hidden > 0) { return (word.count + 1, hidden) }
        }
        guard names.contains(where: { unsafe LooseText.equalsIgnoringCase(word, $0) }) else { return (0, 0) }
        var kept = word.count
        while unsafe start + kept < text.count && (text[start + kept] == UInt8(ascii: "\"") || text[start + kept] == UInt8(ascii: "\\")) { kept += 1 }
        guard unsafe start + kept < text.count && (text[start + kept] == UInt8(ascii: "=") || text[start + kept] == UInt8(ascii: ":")) else { return (0, 0) }
        kept += 1
        while unsafe start + kept < text.count && (text[start + kept] == UInt8(ascii: " ") || text[start + kept] == UInt8(ascii: "\"") || text[start + kept] == UInt8(ascii: "\\")) {
            kept += 1
        }
        var hidden = unsafe valueLength(text, start + kept)
        // `authorization: Bearer x` has its secret one word further on.
        let value = unsafe UnsafeRawBufferPointer(rebasing: text[(start + kept)..<(start + kept + hidden)])
        if unsafe LooseText.equalsIgnoringCase(value, "bearer") || LooseText.equalsIgnoringCase(value, "basic") {
            hidden += unsafe 1 + (start + kept + hidden + 1 < text.count ? valueLength(text, start + kept + hidden + 1) : 0)
            hidden = min(hidden, text.count - start - kept)
        }
        return (kept, hidden)
    }

    /// `sk-`, `pk-`, `gsk_`, `xai-` and `AIza` keys, and JSON web tokens.
    private static func isAPIKey(_ word: UnsafeRawBufferPointer) -> Bool {
        guard word.count >= 11 else { return false }
        let prefixes: [StaticString] = ["sk-", "pk-", "rk-", "gsk_", "xai-", "AIza", "eyJ", "AKIA", "ghp_", "xoxb-"]
        return prefixes.contains { unsafe LooseText.hasPrefix(word, $0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || LooseText.isDigit(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "%")
    }

    /// The end of the run of word bytes, or of the one character, at `start`.
    private static func wordEnd(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = start
        while end < text.count, unsafe isWordByte(text[end]) { end += 1 }
        if end > start { return end }
        end = min(start + 1, text.count)
        while end < text.count, unsafe text[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// Bytes of the value at `start`: up to white space or a character that ends a value in a query, a header or JSON.
    private static func valueLength(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = start
        while end < text.count {
            let byte = unsafe text[end]
            if byte <= 0x20 || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'")
                || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")")
            {
                break
            }
            end += 1
        }
        return end - start
    }
}
