import Testing

@testable import Ingest

@Suite struct RedactorTests {
    private func redact(_ text: some Sequence<UInt8>) -> String {
        String(decoding: Array(text).withUnsafeBytes { unsafe Redactor.redact($0) }, as: UTF8.self)
    }

    static let documents: [NamedCase<(String, String)>] = [
        NamedCase("sensitive keys", (#"{"authorization":"Bearer x","Cookie":["a"],"status":200}"#, #"{"authorization":"[redacted]","Cookie":"[redacted]","status":200}"#)),
        NamedCase("content", (#"{"messages":[{"role":"user","content":"hi {\" ]"}],"model":"m"}"#, #"{"messages":"[redacted]","model":"m"}"#)),
        NamedCase("nested", (#"{"a":{"prompt":"p","b":[1,{"api_key":1}]}}"#, #"{"a":{"prompt":"[redacted]","b":[1,{"api_key":"[redacted]"}]}}"#)),
        NamedCase("query of a url", (#"{"uri":"/v1/x?key=abc&a=b"}"#, #"{"uri":"/v1/x?key=[redacted]&a=b"}"#)),
        NamedCase("response as text", (#"{"response":"the answer","x":{"response":{"status":200}}}"#, #"{"response":"[redacted]","x":{"response":{"status":200}}}"#)),
        NamedCase("key with escapes", (#"{"\u0061uthorization":"s"}"#, #"{"\u0061uthorization":"[redacted]"}"#)),
        NamedCase("cut inside a secret", (#"{"authorization":"Bear"#, #"{"authorization":"[redacted]""#)),
        NamedCase("cut inside content", (#"{"messages":[{"role":"user","content":"sec"#, #"{"messages":"[redacted]""#)),
        NamedCase("mismatched brackets", (#"{"messages":[{"a":"secret"],"b":"secret"}"#, #"{"messages":"[redacted]""#)),
        NamedCase("plain text", ("hello world", "hello world")),
        NamedCase("header line", ("authorization: Bearer abc", "authorization: [redacted]")),
    ]

    @Test(arguments: documents) func sensitiveValuesAreReplaced(_ document: NamedCase<(String, String)>) {
        #expect(redact(document.value.0.utf8) == document.value.1)
    }

    /// Flips one byte at a time: whatever breaks, prompt and key must not come out.
    @Test func noByteFlipBringsTheSecretOut() {
        let entry = Array(
            #"{"request":{"method":"POST","headers":{"authorization":"Bearer sk-verysecretkey","host":"h"}},"llm_request":{"messages":[{"role":"user","content":"my diagnosis is private"}]},"latency":5}"#.utf8)
        for position in entry.indices {
            for flip: UInt8 in [0x02, 0x20] {
                var broken = entry
                broken[position] ^= flip
                let text = redact(broken)
                #expect(!text.contains("sk-verysecretkey") && !text.contains("verysecretkey\""), "byte \(position) flipped by \(flip): \(text)")
                #expect(!text.contains("diagnosis"), "byte \(position) flipped by \(flip): \(text)")
            }
        }
    }

    @Test func copyIsBounded() {
        let large = #"{"a":["# + String(repeating: #""x","#, count: 100_000) + "1]}"
        #expect(redact(large.utf8).utf8.count <= Redactor.bytesMax)
        #expect(redact((#"{"note":""# + String(repeating: "long ", count: 10_000)).utf8) == #"{"note":"[long text]""#)
        #expect(redact(String(repeating: "words ", count: 10_000).utf8).utf8.count <= Redactor.textBytesMax)
    }
}
