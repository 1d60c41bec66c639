import AlertDelivery
import Foundation
import GatewayModel
import Testing

/// A dialogue as a script: what the server says, and what is said to it. `S:` and `C:` lines alternate; `TLS` is the handshake.
private struct Script: CustomTestStringConvertible, Sendable {
    enum End: Sendable { case delivered, refused([String]), fails(String, isRetryable: Bool) }

    let name: String
    var plan = SMTPDialogue.Plan(hello: "gw.example", from: "gw@example.com", recipients: ["ops@example.com"], message: Array("Subject: x\r\n\r\nhello\r\n".utf8))
    let lines: [String]
    let end: End

    init(_ name: String, _ lines: [String], _ end: End, change: (inout SMTPDialogue.Plan) -> Void = { _ in }) {
        self.name = name
        self.lines = lines
        self.end = end
        plan.requiresTLS = false
        change(&plan)
    }

    var testDescription: String { name }
}

private let credentials = SMTPCredentials(username: "gate", password: "s3cret")
private let envelope = ["C:MAIL FROM:<gw@example.com>", "S:250 ok", "C:RCPT TO:<ops@example.com>", "S:250 ok", "C:DATA", "S:354 go on", "C:Subject: x", "C:", "C:hello", "C:."]
private let ending = ["S:250 2.0.0 queued", "C:QUIT"]
private let hello = ["S:220 mail.example ESMTP", "C:EHLO gw.example"]

private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

private let scripts: [Script] = [
    Script("a plain relay", hello + ["S:250 mail.example"] + envelope + ending, .delivered),
    Script("greeting and extensions over several lines", ["S:220-welcome\r\n220-to\r\n220 mail.example", "C:EHLO gw.example", "S:250-mail.example\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 HELP"] + envelope + ending,
        .delivered),
    Script("a server that only knows HELO", hello + ["S:502 what?", "C:HELO gw.example", "S:250 hi"] + envelope + ending, .delivered),
    Script("STARTTLS, and EHLO again", hello + ["S:250-mail.example\r\n250 STARTTLS", "C:STARTTLS", "S:220 go", "TLS", "C:EHLO gw.example", "S:250 mail.example"] + envelope + ending, .delivered) {
        $0.requiresTLS = true
    },
    Script("what was offered before STARTTLS is void", hello + ["S:250-mail.example\r\n250-AUTH PLAIN\r\n250 STARTTLS", "C:STARTTLS", "S:220 go", "TLS", "C:EHLO gw.example", "S:250 mail.example"] + envelope + ending,
        .delivered
    ) {
        $0.requiresTLS = true
        $0.credentials = credentials
    },
    Script("plain text behind the agreement to encrypt is forgotten",
        hello + ["S:250 STARTTLS\r\n", "C:QUIT"], .fails("no STARTTLS", isRetryable: false)) { $0.requiresTLS = true },
    Script("injected answers during STARTTLS are not heard",
        hello + ["S:250-mail.example\r\n250 STARTTLS", "C:STARTTLS", "S:220 go\r\n250-evil\r\n250 AUTH PLAIN", "TLS", "C:EHLO gw.example", "S:250 mail.example"] + envelope + ending, .delivered
    ) {
        $0.requiresTLS = true
        $0.credentials = credentials
    },
    Script("STARTTLS was taken out of the answer", hello + ["S:250-mail.example\r\n250 AUTH PLAIN", "C:QUIT"], .fails("offers no STARTTLS", isRetryable: false)) {
        $0.requiresTLS = true
        $0.credentials = credentials
    },
    Script("STARTTLS not now", hello + ["S:250-mail.example\r\n250 STARTTLS", "C:STARTTLS", "S:454 no entropy", "C:QUIT"], .fails("454 no entropy", isRetryable: true)) { $0.requiresTLS = true },
    Script("TLS from the first byte", ["S:220 mail.example", "C:EHLO gw.example", "S:250-mail.example\r\n250 AUTH PLAIN LOGIN", "C:AUTH PLAIN " + base64("\0gate\0s3cret"), "S:235 in"] + envelope + ending, .delivered) {
        $0.isImplicitTLS = true
        $0.requiresTLS = true
        $0.credentials = credentials
    },
    Script("AUTH LOGIN with prompts in other words",
        hello + ["S:250-mail.example\r\n250 AUTH LOGIN", "C:AUTH LOGIN", "S:334 " + base64("User Name\0"), "C:" + base64("gate"), "S:334 " + base64("PASSWORD:"), "C:" + base64("s3cret"), "S:235 in"] + envelope + ending, .delivered
    ) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    Script("AUTH LOGIN without end",
        hello + ["S:250-mail.example\r\n250 AUTH LOGIN", "C:AUTH LOGIN", "S:334 VXNlcm5hbWU6", "C:" + base64("gate"), "S:334 UGFzc3dvcmQ6", "C:" + base64("s3cret"), "S:334 UGFzc3dvcmQ6", "C:QUIT"],
        .fails("asked for more", isRetryable: false)
    ) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    // RFC 2195, 2: the example's challenge, user, secret and digest.
    Script("CRAM-MD5 as in its specification",
        hello + ["S:250-mail.example\r\n250 AUTH PLAIN CRAM-MD5", "C:AUTH CRAM-MD5", "S:334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", "C:dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "S:235 in"] + envelope
            + ending, .delivered
    ) {
        $0.isLoopback = true
        $0.credentials = SMTPCredentials(username: "tim", password: "tanstaaftanstaaf")
    },
    Script("old spelling of AUTH", hello + ["S:250-mail.example\r\n250 AUTH=PLAIN", "C:AUTH PLAIN " + base64("\0gate\0s3cret"), "S:235 in"] + envelope + ending, .delivered) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    Script("no password in the clear", hello + ["S:250-mail.example\r\n250 AUTH PLAIN CRAM-MD5", "C:QUIT"], .fails("not sent in the clear", isRetryable: false)) { $0.credentials = credentials },
    Script("no known way to log in", hello + ["S:250-mail.example\r\n250 AUTH GSSAPI", "C:QUIT"], .fails("none is known here", isRetryable: false)) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    Script("wrong password", hello + ["S:250-x\r\n250 AUTH PLAIN", "C:AUTH PLAIN " + base64("\0gate\0s3cret"), "S:535 5.7.8 wrong", "C:QUIT"], .fails("535 5.7.8 wrong", isRetryable: false)) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    Script("log-in not now", hello + ["S:250-x\r\n250 AUTH PLAIN", "C:AUTH PLAIN " + base64("\0gate\0s3cret"), "S:454 busy", "C:QUIT"], .fails("454 busy", isRetryable: true)) {
        $0.isLoopback = true
        $0.credentials = credentials
    },
    Script("some recipients are refused",
        hello + ["S:250 x", "C:MAIL FROM:<gw@example.com>", "S:250 ok", "C:RCPT TO:<a@x.example>", "S:550 5.1.1 nobody", "C:RCPT TO:<b@x.example>", "S:251 elsewhere", "C:RCPT TO:<c@x.example>", "S:450 later"]
            + envelope.suffix(6) + ending, .refused(["a@x.example 550 5.1.1 nobody false", "c@x.example 450 later true"])
    ) { $0.recipients = ["a@x.example", "b@x.example", "c@x.example"] },
    Script("every recipient is refused for good", hello + ["S:250 x", "C:MAIL FROM:<gw@example.com>", "S:250 ok", "C:RCPT TO:<ops@example.com>", "S:550 nobody", "C:QUIT"], .fails("refused every recipient", isRetryable: false)),
    Script("every recipient is refused for now", hello + ["S:250 x", "C:MAIL FROM:<gw@example.com>", "S:250 ok", "C:RCPT TO:<ops@example.com>", "S:452 full", "C:QUIT"], .fails("452 full", isRetryable: true)),
    Script("the sender is refused", hello + ["S:250 x", "C:MAIL FROM:<gw@example.com>", "S:553 not yours", "C:QUIT"], .fails("553 not yours", isRetryable: false)),
    Script("log in first", hello + ["S:250 x", "C:MAIL FROM:<gw@example.com>", "S:530 5.7.0 log in", "C:QUIT"], .fails("530", isRetryable: false)),
    Script("DATA is not answered as it must be", hello + ["S:250 x"] + envelope.prefix(5) + ["S:250 ok", "C:QUIT"], .fails("answered DATA with 250", isRetryable: true)),
    Script("the message is refused for good", hello + ["S:250 x"] + envelope + ["S:552 too big", "C:QUIT"], .fails("552 too big", isRetryable: false)),
    Script("the message is refused for now", hello + ["S:250 x"] + envelope + ["S:451 disk", "C:QUIT"], .fails("451 disk", isRetryable: true)),
    Script("the message is larger than announced", hello + ["S:250-x\r\n250 SIZE 10", "C:QUIT"], .fails("larger than the mail server takes", isRetryable: false)),
    Script("busy at the door", ["S:421 busy", "C:QUIT"], .fails("421 busy", isRetryable: true)),
    Script("no service here", ["S:554 no", "C:QUIT"], .fails("554 no", isRetryable: false)),
    Script("a web server", ["S:HTTP/1.1 400 Bad Request", "C:QUIT"], .fails("no mail server", isRetryable: true)),
    Script("codes that disagree", ["S:220-a\r\n250 b", "C:QUIT"], .fails("changed its mind", isRetryable: true)),
    Script("answers before questions", hello + ["S:250 x\r\n250 y", "C:QUIT"], .fails("before it was asked", isRetryable: true)),
    Script("a recipient that would be two commands", hello + ["S:250 x", "C:QUIT"], .fails("no recipient with a valid address", isRetryable: false)) {
        $0.recipients = ["a@x.example>\r\nRCPT TO:<victim@y.example"]
    },
]

struct SMTPDialogueTests {
    private static func step(_ actions: [SMTPDialogue.Action], _ said: inout [UInt8], _ outcome: inout SMTPDialogue.Outcome?, _ wantsTLS: inout Bool) {
        for action in actions {
            switch action {
            case .send(let bytes): said += bytes
            case .startTLS: wantsTLS = true
            case .finish(let end): outcome = end
            }
        }
    }

    /// `pieces`: how many bytes come at once.
    private func run(_ script: Script, pieces: Int) -> (said: String, outcome: SMTPDialogue.Outcome?, tlsInTurn: Bool) {
        var dialogue = SMTPDialogue(script.plan)
        var said: [UInt8] = []
        var outcome: SMTPDialogue.Outcome?
        var (wantsTLS, tlsInTurn) = (false, true)
        for line in script.lines {
            if line == "TLS" {
                tlsInTurn = tlsInTurn && wantsTLS
                Self.step(dialogue.secured(), &said, &outcome, &wantsTLS)
            }
            guard line.hasPrefix("S:") else { continue }
            var rest = Array((line.dropFirst(2) + "\r\n").utf8)[...]
            while !rest.isEmpty {
                Self.step(dialogue.received(rest.prefix(pieces)), &said, &outcome, &wantsTLS)
                rest = rest.dropFirst(pieces)
            }
        }
        return (String(decoding: said, as: UTF8.self), outcome, tlsInTurn)
    }

    @Test(arguments: scripts) private func everyScriptIsFollowed(_ script: Script) {
        for pieces in [1_000, 1, 7] {
            let (said, outcome, tlsInTurn) = run(script, pieces: pieces)
            #expect(tlsInTurn)
            let expected = script.lines.filter { $0.hasPrefix("C:") }.map { $0.dropFirst(2) + "\r\n" }.joined()
            // A bytewise server that answers twice is caught at the first byte of the second answer, whichever command went out before.
            if script.name != "answers before questions" { #expect(said == expected) }
            switch (script.end, outcome) {
            case (.delivered, .delivered(let receipt)): #expect(receipt.refused.isEmpty)
            case (.refused(let refusals), .delivered(let receipt)): #expect(receipt.refused.map { "\($0.recipient) \($0.reason) \($0.isRetryable)" } == refusals)
            case (.fails(let part, let isRetryable), .failed(let failure)):
                #expect(failure.message.contains(part), "\(failure.message)")
                #expect(failure.isRetryable == isRetryable)
            default: if pieces == 1_000 || script.name != "answers before questions" { Issue.record("\(script.name): \(String(describing: outcome))") }
            }
        }
    }

    @Test func nothingOfThePasswordIsRepeated() {
        let echo = Script("echo", hello + ["S:250-x\r\n250 AUTH PLAIN", "S:535 5.7.8 bad \(base64("\0gate\0s3cret"))"], .delivered) {
            $0.isLoopback = true
            $0.credentials = credentials
        }
        guard case .failed(let failure) = run(echo, pieces: 1_000).outcome else { return #expect(Bool(false)) }
        #expect(failure.message.contains("535 5.7.8"))
        #expect(!failure.message.contains(base64("\0gate\0s3cret")) && !"\(credentials)".contains("s3cret"))
    }

    @Test func anEndlessGreetingIsCutOff() {
        for line in ["220-\(String(repeating: "x", count: 500))\r\n", String(repeating: "2", count: 4_096), "220-x\r\n"] {
            var dialogue = SMTPDialogue(scripts[0].plan)
            var bytes = 0
            while !dialogue.isOver, bytes <= 2 * SMTPDialogue.bytesMax {
                _ = dialogue.received(Array(line.utf8))
                bytes += line.utf8.count
            }
            #expect(dialogue.isOver)
            #expect(bytes <= SMTPDialogue.bytesMax)
        }
    }

    @Test func aServerThatOnlyTalksIsLeft() {
        // Whole answers, each to its question, for ever: recipients answered with long texts.
        var plan = scripts[0].plan
        plan.recipients = (0..<100).map { "r\($0)@x.example" }
        var dialogue = SMTPDialogue(plan)
        let essay = (0..<100).map { _ in "250-" + String(repeating: "y", count: 1_000) }.joined(separator: "\r\n") + "\r\n250 end\r\n"
        _ = dialogue.received(Array("220 x\r\n".utf8))
        for _ in 0..<4 where !dialogue.isOver { _ = dialogue.received(Array(essay.utf8)) }
        #expect(dialogue.isOver)
    }

    @Test func anEndBeforeTheEndMayBeTriedAgain() {
        for count in 0..<8 {
            var dialogue = SMTPDialogue(scripts[0].plan)
            let answers = ["220 x", "250 x", "250 ok", "250 ok", "354 go", "250 done"].prefix(count)
            for answer in answers { _ = dialogue.received(Array((answer + "\r\n").utf8)) }
            let actions = dialogue.closed("reset by peer")
            if count >= 6 {
                #expect(actions.isEmpty)
            } else {
                guard case .finish(.failed(let failure))? = actions.last else {
                    Issue.record("no end")
                    continue
                }
                #expect(failure.isRetryable && failure.message.contains("reset by peer"))
            }
        }
    }

    /// Whatever a server says, the dialogue ends or waits, and never says more than commands.
    @Test func anyBytesAreSurvived() {
        var random = SystemRandomNumberGenerator()
        let words = ["220 ", "250 ", "250-", "334 ", "354 ", "421 ", "550 ", "\r\n", "\n", "AUTH PLAIN", "STARTTLS", "\0", "\u{FF}", "x", "9999", "235 "]
        for _ in 0..<2_000 {
            var dialogue = SMTPDialogue(scripts[0].plan)
            for _ in 0..<20 {
                let bytes = (0..<Int.random(in: 0..<6, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined()
                _ = dialogue.received(Array(bytes.utf8))
                if Int.random(in: 0..<10, using: &random) == 0 { _ = dialogue.secured() }
            }
            _ = dialogue.closed()
            #expect(dialogue.isOver)
        }
    }
}

struct SMTPBodyTests {
    @Test(arguments: [
        ("", ".\r\n"), ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), (".", "..\r\n.\r\n"), ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r\n.\r\n.x", "a\r\n..\r\n..x\r\n.\r\n"),
        ("a\n\r\nb", "a\r\n\r\nb\r\n.\r\n"), ("a.b", "a.b\r\n.\r\n"),
    ])
    func dotsAreDoubledAndLinesEndAlike(_ example: (message: String, line: String)) {
        var plan = scripts[0].plan
        plan.message = Array(example.message.utf8)
        var dialogue = SMTPDialogue(plan)
        for answer in ["220 x", "250 x", "250 ok", "250 ok"] { _ = dialogue.received(Array((answer + "\r\n").utf8)) }
        #expect(dialogue.received(Array("354 go\r\n".utf8)) == [.send(Array(example.line.utf8))])
    }
}
