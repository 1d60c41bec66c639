internal import ByteCoding

/// Copies a document for the dead-letter file without what must not be kept: prompts, answers, secrets, e-mail addresses.
///
/// Problem: the documents that end up there are often broken, so no parser can be asked what is a key and what is a value. Idea: work on
/// tokens. A string before a colon is a key; the value behind a sensitive key is passed over by counting brackets and quotes and
/// replaced by `"[redacted]"`; other strings are scrubbed of what looks like a secret and cut when long. A missing quote turns all later
/// strings inside out: then text stands where only numbers, `true`, `false`, `null` and punctuation may, and such text is replaced by
/// `[unreadable]`. So a prompt is not shown, whichever way the document is broken. What has no quotes is
/// no JSON at all; it is scrubbed as text and cut short.
package enum Redactor {
    /// Longest copy, in bytes: enough for an entry of any gateway without its bodies.
    package static let bytesMax = 16 << 10
    /// Longest single string that is shown, in bytes: ids, names, paths and messages are shorter, prompts are not.
    static let stringBytesMax = 512
    /// What is shown of input that is no JSON, in bytes.
    static let textBytesMax = 256

    /// A redacted copy of at most ``bytesMax`` bytes.
    package static func redact(_ document: UnsafeRawBufferPointer) -> [UInt8] {
        let text = unsafe LooseText.trim(document)
        // Without a single quote there are no keys to go by.
        guard unsafe LooseText.firstIndex(of: UInt8(ascii: "\""), in: text) != nil else {
            return unsafe SecretScrubber.scrub(text, bytesMax: textBytesMax)
        }
        var output: [UInt8] = []
        var index = 0
        while index < text.count, output.count < bytesMax {
            switch unsafe text[index] {
            case UInt8(ascii: "\""): unsafe copyString(text, &index, &output)
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0a, 0x0d:
                output.append(unsafe text[index])
                index += 1
            default: unsafe copyBare(text, &index, &output)
            }
        }
        return output.count > bytesMax ? cut(output) : output
    }

    private static func cut(_ output: [UInt8]) -> [UInt8] {
        var end = bytesMax
        while end > 0, output[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(output[..<end])
    }

    /// Copies a string, or the whole member when it is a sensitive key.
    private static func copyString(_ text: UnsafeRawBufferPointer, _ index: inout Int, _ output: inout [UInt8]) {
        let start = index
        let end = unsafe LexicalValue.stringEnd(text, from: start + 1, limit: text.count) ?? text.count
        index = end
        var colon = end
        while colon < text.count, unsafe text[colon] <= 0x20 { colon += 1 }
        let isKey = unsafe colon < text.count && text[colon] == UInt8(ascii: ":")
        let content = unsafe UnsafeRawBufferPointer(rebasing: text[(start + 1)..<max(start + 1, end - 1)])
        if isKey {
            var value = colon + 1
            while value < text.count, unsafe text[value] <= 0x20 { value += 1 }
            let sensitivity = unsafe SensitiveKeys.sensitivity(of: content)
            let isString = unsafe value < text.count && text[value] == UInt8(ascii: "\"")
            if sensitivity == .always || (sensitivity == .asText && isString) {
                unsafe output.append(contentsOf: text[start...colon])
                SecretScrubber.append("\"[redacted]\"", to: &output)
                index = unsafe skipValue(text, value)
                return
            }
        }
        output.append(UInt8(ascii: "\""))
        if content.count > stringBytesMax {
            SecretScrubber.append("[long text]", to: &output)
        } else {
            unsafe SecretScrubber.scrub(content, into: &output, bytesMax: stringBytesMax)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Just behind the value at `start`; the end of the text where brackets do not match.
    private static func skipValue(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int {
        guard start < text.count else { return text.count }
        switch unsafe LexicalValue.end(text, from: start, limit: text.count) {
        case .at(let end): return end
        case .cut: return text.count
        case .broken:
            // A stray delimiter in place of a value is no value; brackets that do not match hide everything behind them.
            return unsafe LexicalValue.isDelimiter(text[start]) && text[start] != UInt8(ascii: "{") && text[start] != UInt8(ascii: "[") ? start : text.count
        }
    }

    /// Copies a number or a literal; anything else outside of strings is hidden.
    private static func copyBare(_ text: UnsafeRawBufferPointer, _ index: inout Int, _ output: inout [UInt8]) {
        let start = index
        // At least one byte, so that a control character cannot hold the walk up.
        repeat { index += 1 } while unsafe index < text.count && !LexicalValue.isDelimiter(text[index])
        let word = unsafe UnsafeRawBufferPointer(rebasing: text[start..<index])
        let isLiteral = unsafe LooseText.equals(word, "true") || LooseText.equals(word, "false") || LooseText.equals(word, "null") || LooseText.equals(word, "NaN")
        if unsafe isLiteral || (word.count <= 40 && NumberText.parse(word) != nil) {
            unsafe output.append(contentsOf: word)
        } else if !output.reversed().starts(with: hidden.reversed()) {
            output.append(contentsOf: hidden)
        }
    }

    private static let hidden = Array("[unreadable]".utf8)
}

/// Keys whose values are not shown.
enum SensitiveKeys {
    enum Sensitivity {
        case never
        /// Whatever the value is.
        case always
        /// When the value is a string; as an object its members are looked at.
        case asText
    }

    /// Keys are compared without regard to case; a key with escapes is sensitive, because nobody writes one honestly.
    static func sensitivity(of key: UnsafeRawBufferPointer) -> Sensitivity {
        if unsafe LooseText.firstIndex(of: UInt8(ascii: "\\"), in: key) != nil { return .always }
        if always.contains(where: { unsafe LooseText.equalsIgnoringCase(key, $0) }) { return .always }
        return asText.contains { unsafe LooseText.equalsIgnoringCase(key, $0) } ? .asText : .never
    }

    private static let always: [StaticString] = [
        // Credentials
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey", "api_key", "key", "token", "access_token", "sig",
        "secret", "password", "x-goog-api-key", "x-amz-security-token", "x-aws-access-key-id", "x-aws-secret-access-key", "ocp-apim-subscription-key",
        // Content
        "messages", "content", "prompt", "input", "body", "llm_request", "llm_response_text", "choices", "streamed_data", "querystring", "text", "arguments",
        "system", "instructions", "tools", "functions", "delta", "refusal", "reasoning_content", "candidates", "contents", "documents", "query",
        // People
        "email", "e-mail", "user_email", "user_api_key_user_email", "mail",
    ]
    private static let asText: [StaticString] = ["response", "output", "request", "message", "completion", "user", "end_user", "user_id", "end_user_id"]
}
