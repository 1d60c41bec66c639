import ByteCoding
import GatewayModel
import Testing

@testable import Ingest

@Suite struct PrivacyTests {
    static let entry = #"{"request":{"uri":"/v1/chat/completions?key=topsecret&api_key=x","method":"POST","headers":{"authorization":"Bearer sk-abc"}},"response":{"status":200},"start_time":1766650000000,"latency":1,"client_ip":"10.4.7.21","llm_summary":{"model":"m","prompt_tokens":1,"completion_tokens":1,"end_user_id":"jane@example.com"}}"#

    @Test func usersAndAddressesFollowTheirSettings() throws {
        let hashed = try Reading.record(Self.entry)
        let kept = try Reading.record(Self.entry, pipeline: Reading.pipeline(users: .keep, addresses: .keep))
        let dropped = try Reading.record(Self.entry, pipeline: Reading.pipeline(users: .drop, addresses: .drop))
        #expect(hashed["client_address"] == "10.4.7.0/24" && kept["client_address"] == "10.4.7.21" && dropped["client_address"] == nil)
        #expect(kept["user"] == "jane@example.com" && dropped["user"] == nil)
        let expected = String(Reading.key("jane@example.com") & 0xFFFF_FFFF_FFFF, radix: 16)
        #expect(hashed["user"] == "u-" + String(repeating: "0", count: 12 - expected.count) + expected)
    }

    @Test func querySecretsAndHeadersAreNotKept() throws {
        let record = try Reading.record(Self.entry)
        #expect(record["path"] == "/v1/chat/completions")
        #expect(record.values.allSatisfy { !$0.contains("topsecret") && !$0.contains("sk-abc") && !$0.contains("jane") })
    }

    static let addresses: [(String, String?)] = [
        ("10.4.7.21", "10.4.7.0/24"), ("255.255.255.255", "255.255.255.0/24"), ("2001:db8:1:2::7", "2001:db8:1::/48"), ("::1", "0:0:0::/48"),
        ("::ffff:10.4.7.21", "10.4.7.0/24"), ("256.1.1.1", nil), ("1.2.3", nil), ("1..2.3", nil), ("unix:", nil), ("localhost", nil),
    ]

    @Test(arguments: addresses) func addressesAreCutToTheirNetwork(_ address: String, _ expected: String?) throws {
        let body = #"{"request":{"uri":"/","method":"GET"},"response":{"status":200},"start_time":1766650000000,"latency":1,"client_ip":"\#(address)"}"#
        let result = try Reading.pipeline().readItems(Array(body.utf8), Reading.context(.apisix))
        #expect(result.batch.text(.clientAddress, row: 0) == expected)
        #expect(result.counters.rejectedFields[Int(RequestField.clientAddress.rawValue)] == (expected == nil ? 1 : 0))
    }

    static let secrets: [(String, String)] = [
        ("nothing here", "nothing here"), ("key sk-proj-abcdefghijk was wrong", "key [redacted] was wrong"), ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("use Bearer abc123", "use Bearer [redacted]"), ("/x?key=abc&a=1&token=z", "/x?key=[redacted]&a=1&token=[redacted]"), ("mail jane.doe@example.com now", "mail [redacted] now"),
        (#"{\"api_key\":\"abc\"}"#, #"{\"api_key\":\"[redacted]\"}"#), ("monkey=1", "monkey=1"), ("password: hunter2", "password: [redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.sig", "[redacted]"), ("", ""), ("ümläut", "ümläut"),
    ]

    @Test(arguments: secrets) func secretsAreScrubbedFromText(_ text: String, _ expected: String) {
        let clean = Array(text.utf8).withUnsafeBytes { unsafe SecretScrubber.scrub($0, bytesMax: 512) }
        #expect(String(decoding: clean, as: UTF8.self) == expected)
    }

    @Test func longMessagesAreCutAtACharactersEdge() {
        let text = String(repeating: "ü", count: 400)
        let clean = Array(text.utf8).withUnsafeBytes { unsafe SecretScrubber.scrub($0, bytesMax: 511) }
        #expect(clean.count <= 511 && String(validating: clean, as: UTF8.self) != nil)
    }
}
