import ByteCoding
import Foundation
import Testing

/// Skips all of `text` as one JSON value.
private func skip(_ text: String) throws(JSONError) {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, JSONError> in
        var scanner = JSONScanner(buffer)
        do throws(JSONError) {
            try scanner.skipValue()
            return .success(try scanner.expectEnd())
        } catch { return .failure(error) }
    }
    try result.get()
}

private func number(_ text: String) -> JSONScanner.Number? {
    Array(text.utf8).withUnsafeBytes { NumberText.parse($0) }
}

struct JSONScannerTests {
    @Test(arguments: [
        "{}", "[]", "0", "-0", "1e5", "-1.5E-3", "\"\"", "true", "false", "null", " { \"a\" : [ 1 , { } ] } ", "[[[]]]", "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":null}]}}}",
        "\"\\u00e4\\n\\\"\\\\\"", "[\"12345678\",\"123456789\",\"ä\"]", "{\"a\":1,\"b\":2}", "123456789012345678901234567890", "\r\n\t1",
    ])
    func validTextIsAccepted(text: String) throws { try skip(text) }

    @Test(arguments: [
        ("", JSONError.Code.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,]", .unexpectedCharacter, 3), ("{\"a\"}", .unexpectedCharacter, 4),
        ("{\"a\":}", .unexpectedCharacter, 5), ("{a:1}", .unexpectedCharacter, 1), ("[1 2]", .unexpectedCharacter, 3), ("01", .invalidNumber, 0), ("1.", .invalidNumber, 0),
        ("1e", .invalidNumber, 0), ("-", .invalidNumber, 0), ("NaN", .unexpectedCharacter, 0), ("tru", .unexpectedCharacter, 0), ("\"a", .unexpectedEnd, 2),
        ("\"a\u{1}\"", .invalidString, 2), ("\"\\x\"", .invalidString, 1), ("\"\\u12g4\"", .invalidString, 1), ("1 1", .trailingCharacters, 2), ("]", .unexpectedCharacter, 0),
        ("{\"a\":1,}", .unexpectedCharacter, 7), ("1e999", .invalidNumber, 0),
    ] as [(String, JSONError.Code, Int)])
    func brokenTextIsRefusedAtItsOffset(text: String, code: JSONError.Code, offset: Int) {
        #expect(throws: JSONError(code, at: offset)) { try skip(text) }
    }

    @Test func nestingBeyondTheLimitIsRefused() throws {
        try skip(String(repeating: "[", count: JSONScanner.depthMax) + String(repeating: "]", count: JSONScanner.depthMax))
        let error = try #require(throws: JSONError.self) { try skip(String(repeating: "[{\"a\":", count: 100_000)) }
        #expect(error.code == .tooDeep)
    }

    @Test(arguments: [
        ("0", 0.0, 0), ("-0", 0.0, 0), ("585.00003814697", 585.00003814697, nil), ("1766650000123", 1_766_650_000_123, 1_766_650_000_123), ("9223372036854775807", 9.223372036854775807e18, .max),
        ("9223372036854775808", 9.223372036854775808e18, nil), ("1e3", 1_000, nil), ("0.1", 0.1, nil), ("123456789012345678", 123456789012345678, 123456789012345678), ("1E-7", 1e-7, nil),
    ] as [(String, Double, Int64?)])
    func numbersAreExact(text: String, double: Double, integer: Int64?) throws {
        let parsed = try #require(number(text))
        #expect(parsed.double == double && parsed.integer == integer)
    }

    @Test func doublesAgreeWithTheLibrary() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = "\(value)".replacingOccurrences(of: "inf", with: "0")
            #expect(number(text)?.double == Double(text), "\(text)")
        }
    }

    @Test(arguments: [("\\u00e4", "ä"), ("\\ud83d\\ude00", "😀"), ("\\ud83d", "\u{FFFD}"), ("a\\n\\t\\/\\\"", "a\n\t/\""), ("plain", "plain"), ("\\ud83dx", "\u{FFFD}x")])
    func escapesAreResolved(escaped: String, expected: String) {
        var output: [UInt8] = []
        Array(escaped.utf8).withUnsafeBytes { JSONText.unescape($0, into: &output) }
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test func agreesWithTheLibraryOnMutatedText() {
        let seed = Array(#"{"a":[1,-2.5e3,"x\n\u00e4",true,null],"b":{"c":"long enough for eight","d":{}}}"#.utf8)
        var state: UInt64 = 7
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        for _ in 0..<5_000 {
            var bytes = seed
            for _ in 0...next() % 2 { bytes[next() % bytes.count] = Array(#"{}[]",:\0159eE+-.tfn ax"#.utf8)[next() % 23] }
            let text = String(decoding: bytes, as: UTF8.self)
            let ours = (try? skip(text)) != nil
            let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
            // The library is more lenient in places (it accepts duplicate keys as we do, but also some control characters): ours must never accept what it refuses.
            if ours { #expect(theirs, "\(text)") }
        }
    }

    @Test func knownKeysAreRecognised() {
        let names = ["a", "status", "latency", "llm_summary", "upstream_latency", "apisix_latency", "start_time", "prompt_tokens", "completion_tokens", "route_id", "service_id"]
        let keys = JSONKeys(names.enumerated().map { ($1, UInt8($0 + 1)) })
        for (index, name) in names.enumerated() { #expect(Array(name.utf8).withUnsafeBytes { keys.number(of: $0) } == UInt8(index + 1)) }
        for name in ["", "b", "statuS", "latencyx", "llm_summar", "start_tim_", "xstart_time"] {
            #expect(Array(name.utf8).withUnsafeBytes { keys.number(of: $0) } == 0)
        }
    }
}
