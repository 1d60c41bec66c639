import AlertDelivery
import ConfigurationText
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Outbound

/// A mail server on a port of this machine: a greeting, and an answer to each line by its first word.
private final class StubMailServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let heard: Heard

    private final class Heard: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// What was said to it, line by line.
    var lines: [String] { heard.lines.withLock { $0 } }

    /// - Parameter answer: to a line; nil for nothing, empty to close.
    static func start(greeting: String? = "220 stub\r\n", _ answer: @escaping @Sendable (String) -> String?) async throws -> StubMailServer {
        let heard = Heard()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).serverChannelOption(.socketOption(.so_reuseaddr), value: 1).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Handler(greeting) { line in
                    heard.lines.withLock { $0.append(line) }
                    return answer(line)
                })
            }
        }.bind(host: "127.0.0.1", port: 0).get()
        return StubMailServer(channel, heard)
    }

    private init(_ channel: any Channel, _ heard: Heard) {
        self.channel = channel
        self.heard = heard
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let greeting: String?
        private let answer: (String) -> String?
        private var text = ""

        init(_ greeting: String?, _ answer: @escaping (String) -> String?) { (self.greeting, self.answer) = (greeting, answer) }

        func channelActive(context: ChannelHandlerContext) { if let greeting { write(greeting, context) } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            while let end = text.range(of: "\r\n") {
                let line = String(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
                guard let reply = answer(line) else { continue }
                if reply.isEmpty { return context.close(promise: nil) }
                write(reply, context)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil) }
    }
}

struct SMTPDeliveryTests {
    private static let delivery = SMTPDelivery(rules: AddressRules())

    private static func mail(_ server: StubMailServer?, _ change: (inout MailEnvelope) -> Void = { _ in }) -> MailEnvelope {
        var mail = MailEnvelope(
            smartHost: "127.0.0.1:\(server?.port ?? 1)", hello: "gw.example", requiresTLS: false, from: "gw@example.com", recipients: ["ops@example.com"],
            message: Array("Subject: x\r\n\r\n.hidden\r\n".utf8), timeoutSeconds: 30)
        change(&mail)
        return mail
    }

    private static func usual(_ line: String) -> String? {
        switch line.prefix(4) {
        case "EHLO": "250-stub\r\n250 AUTH PLAIN\r\n"
        case "AUTH": "235 in\r\n"
        case "MAIL", "RCPT": "250 ok\r\n"
        case "DATA": "354 go\r\n"
        case ".": "250 queued\r\n"
        case "QUIT": ""
        default: nil
        }
    }

    private static func failure(_ mail: MailEnvelope) async -> DeliveryFailure? {
        do throws(DeliveryFailure) {
            _ = try await delivery.send(mail)
            return nil
        } catch { return error }
    }

    @Test func aMessageIsHandedOver() async throws {
        let server = try await StubMailServer.start(Self.usual)
        let receipt = try await Self.delivery.send(Self.mail(server) { ($0.username, $0.password) = ("u", .text("p")) })
        #expect(receipt == MailReceipt())
        #expect(server.lines.prefix(9) == ["EHLO gw.example", "AUTH PLAIN AHUAcA==", "MAIL FROM:<gw@example.com>", "RCPT TO:<ops@example.com>", "DATA", "Subject: x", "", "..hidden", "."])
        await server.stop()
    }

    @Test func whoIsRefusedIsTold() async throws {
        let server = try await StubMailServer.start { $0.hasPrefix("RCPT TO:<no") ? "550 nobody\r\n" : Self.usual($0) }
        let receipt = try await Self.delivery.send(Self.mail(server) { $0.recipients.append("no@example.com") })
        #expect(receipt.refused == [MailReceipt.Refusal(recipient: "no@example.com", reason: "550 nobody", isRetryable: false)])
        await server.stop()
    }

    @Test func aServerThatHangsIsLeft() async throws {
        let silent = try await StubMailServer.start(greeting: nil) { _ in nil }
        let before = await Self.failure(Self.mail(silent) { $0.timeoutSeconds = 0.2 })
        #expect(before?.isRetryable == true && before?.mayHaveArrived == false && before?.message.contains("within 0.2 s") == true)
        // After the message its fate is not known.
        let swallowing = try await StubMailServer.start { $0 == "." ? nil : Self.usual($0) }
        let after = await Self.failure(Self.mail(swallowing) { $0.timeoutSeconds = 0.5 })
        #expect(after?.isRetryable == true && after?.mayHaveArrived == true)
        await silent.stop()
        await swallowing.stop()
    }

    @Test func aServerThatTalksWithoutEndIsLeft() async throws {
        let server = try await StubMailServer.start(greeting: "220-" + String(repeating: "x", count: 1 << 20)) { _ in nil }
        #expect(await Self.failure(Self.mail(server))?.message.contains("2048 bytes") == true)
        await server.stop()
    }

    @Test func aServerThatClosesIsTriedAgain() async throws {
        let server = try await StubMailServer.start { $0.hasPrefix("MAIL") ? "" : Self.usual($0) }
        let failure = await Self.failure(Self.mail(server))
        #expect(failure?.isRetryable == true && failure?.mayHaveArrived == false)
        await server.stop()
    }

    @Test func whatIsNoTLSIsNoServer() async throws {
        let server = try await StubMailServer.start { $0.hasPrefix("EHLO") ? "250-stub\r\n250 STARTTLS\r\n" : $0 == "STARTTLS" ? "220 go\r\n250 this is plain text\r\n" : "250 more plain text\r\n" }
        let failure = await Self.failure(Self.mail(server) { $0.requiresTLS = true })
        #expect(failure?.isRetryable == true)
        // Neither password nor message was said in the clear.
        #expect(!server.lines.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
        let implicit = await Self.failure(Self.mail(server) { $0.usesImplicitTLS = true })
        #expect(implicit?.isRetryable == true)
        await server.stop()
    }

    @Test(arguments: [("mail.example", false), ("mail.example:0", false), (":25", false), ("mail.example:99999", false), ("169.254.169.254:25", false), ("[fe80::1]:25", false), ("224.0.0.1:25", false)])
    func whereNothingIsSentTo(_ example: (host: String, isRetryable: Bool)) async {
        #expect(await Self.failure(Self.mail(nil) { $0.smartHost = example.host })?.isRetryable == example.isRetryable)
    }

    @Test func aNameThatBecomesACloudsAddressIsRefused() async {
        let delivery = SMTPDelivery(rules: AddressRules()) { _ in [HostAddress(bytes: [127, 0, 0, 1]), HostAddress(bytes: [169, 254, 169, 254])] }
        do throws(DeliveryFailure) {
            _ = try await delivery.send(Self.mail(nil) { $0.smartHost = "mail.example:25" })
            Issue.record("it was sent")
        } catch { #expect(!error.isRetryable && error.message.contains("link-local")) }
    }

    @Test func nobodyThereIsTriedAgain() async throws {
        let server = try await StubMailServer.start(Self.usual)
        let mail = Self.mail(server)
        await server.stop()
        let failure = await Self.failure(mail)
        #expect(failure?.isRetryable == true && failure?.message.contains("no connection") == true)
    }

    @Test func aSecretThatCannotBeReadIsNamedNotShown() async throws {
        let server = try await StubMailServer.start(Self.usual)
        let failure = await Self.failure(Self.mail(server) { ($0.username, $0.password) = ("u", .file("/nonexistent/secret")) })
        #expect(failure?.isRetryable == true && failure?.message.contains("/nonexistent/secret") == true)
        await server.stop()
    }
}
