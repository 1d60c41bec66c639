import AlertDelivery
import ConfigurationText
@testable import Outbound
import Testing

private func request(_ url: String, timeoutSeconds: Double = 10, addressee: DeliveryRequest.Addressee = .configured) -> DeliveryRequest {
    DeliveryRequest(url: url, headers: [("Content-Type", "application/json")], body: Array("{\"a\":\"ä\"}".utf8), timeoutSeconds: timeoutSeconds, addressee: addressee)
}

/// The failure of a request that must fail.
private func failure(_ delivery: HTTPDelivery, _ request: DeliveryRequest) async throws -> DeliveryFailure {
    do throws(DeliveryFailure) {
        let answer = try await delivery.send(request)
        Issue.record("answered \(answer.status)")
        return DeliveryFailure("", isRetryable: false)
    } catch { return error }
}

struct HTTPDeliveryTests {
    private let delivery = HTTPDelivery(version: "9", rules: AddressRules())

    @Test func aMessageIsPostedAsItIs() async throws {
        let stub = try await StubReceiver.start { _ in .status(202, body: "ok") }
        var message = request(stub.url("/hook?key=1"))
        message.access.authorization = .basic(username: "u", password: .text("p"))
        message.access.headers = [HTTPAccess.Header(name: "X-Own", value: .text("v"))]
        let answer = try await delivery.send(message)
        #expect(answer.status == 202)
        #expect(answer.body == Array("ok".utf8))
        let sent = try #require(stub.requests.first)
        #expect(sent.hasPrefix("POST /hook?key=1 HTTP/1.1\r\n"))
        for head in ["User-Agent: gatewatch/9", "Content-Type: application/json", "Authorization: Basic dTpw", "X-Own: v"] { #expect(sent.contains("\r\n" + head + "\r\n"), "\(head)") }
        #expect(sent.hasSuffix("\r\n\r\n{\"a\":\"ä\"}"))
        await stub.stop()
        await delivery.shutdown()
    }

    @Test func redirectsAreAnswersAndNotFollowed() async throws {
        let other = try await StubReceiver.start { _ in .status(200) }
        let stub = try await StubReceiver.start { _ in .status(307, headers: ["Location: \(other.url("/elsewhere"))"]) }
        #expect(try await delivery.send(request(stub.url("/"))).status == 307)
        #expect(other.requests.isEmpty)
        await stub.stop()
        await other.stop()
        await delivery.shutdown()
    }

    @Test func retryAfterIsHandedOn() async throws {
        let stub = try await StubReceiver.start { _ in .status(429, headers: ["Retry-After: 7"]) }
        let answer = try await delivery.send(request(stub.url("/")))
        #expect(answer.status == 429)
        #expect(answer.retryAfter == "7")
        await stub.stop()
        await delivery.shutdown()
    }

    @Test func ofALongAnswerOnlyTheStartIsRead() async throws {
        let stub = try await StubReceiver.start { _ in .endless }
        let answer = try await delivery.send(request(stub.url("/")))
        #expect(answer.status == 200)
        #expect(answer.body.count == DeliveryAnswer.bodyBytesMax)
        await stub.stop()
        await delivery.shutdown()
    }

    @Test func aReceiverThatHangsIsGivenUpAndMayHaveTheMessage() async throws {
        let stub = try await StubReceiver.start { _ in .hang }
        let failure = try await failure(delivery, request(stub.url("/secret"), timeoutSeconds: 0.3))
        #expect(failure.isRetryable)
        #expect(failure.mayHaveArrived)
        #expect(failure.message.contains("no answer"))
        #expect(stub.requests.count == 1)
        await stub.stop()
        await delivery.shutdown()
    }

    @Test func aConnectionThatBreaksMayHaveCarriedTheMessage() async throws {
        let stub = try await StubReceiver.start { _ in .close }
        let failure = try await failure(delivery, request(stub.url("/secret")))
        #expect(failure.isRetryable)
        #expect(failure.mayHaveArrived)
        #expect(!failure.message.contains("secret"))
        await stub.stop()
        await delivery.shutdown()
    }

    @Test func whereNobodyListensNothingArrives() async throws {
        let stub = try await StubReceiver.start { _ in .hang }
        await stub.stop()
        let failure = try await failure(delivery, request(stub.url("/secret")))
        #expect(failure.isRetryable)
        #expect(!failure.mayHaveArrived)
        #expect(!failure.message.contains("secret"))
        await delivery.shutdown()
    }

    @Test(arguments: ["", "ftp://x/", "hooks.slack.com/x", "http:///x", "file:///etc/passwd"]) func whatIsNoHTTPAddressIsNotTriedAgain(url: String) async throws {
        let failure = try await failure(delivery, request(url))
        #expect(!failure.isRetryable)
        await delivery.shutdown()
    }
}

struct AddressRulesTests {
    @Test(arguments: [
        ("8.8.8.8", AddressKind.public), ("127.0.0.1", .loopback), ("127.255.0.1", .loopback), ("10.1.2.3", .private), ("172.16.0.1", .private), ("172.32.0.1", .public),
        ("192.168.1.1", .private), ("100.64.0.1", .private), ("100.128.0.1", .public), ("169.254.169.254", .linkLocal), ("100.100.100.200", .linkLocal), ("0.0.0.0", .unusable),
        ("224.0.0.1", .unusable), ("255.255.255.255", .unusable), ("[::1]", .loopback), ("::1", .loopback), ("::", .unusable), ("fe80::1", .linkLocal), ("fe80::1%eth0", .linkLocal),
        ("fd00:ec2::254", .linkLocal), ("fd12::1", .private), ("ff02::1", .unusable), ("2606:4700::1111", .public), ("::ffff:127.0.0.1", .loopback), ("::ffff:10.0.0.1", .private),
        ("64:ff9b::7f00:1", .loopback), ("2002:7f00:1::", .loopback), ("::169.254.169.254", .linkLocal),
    ])
    func addressesAreOfAKind(text: String, kind: AddressKind) throws {
        #expect(AddressKind(try #require(HostAddress(text)).bytes) == kind)
    }

    @Test(arguments: ["localhost", "127.1", "0x7f.0.0.1", "2130706433", "example.com", ""]) func otherSpellingsAreNamesThatAreLookedUp(text: String) { #expect(HostAddress(text) == nil) }

    /// A stub, and a delivery whose names all resolve to `address`.
    private func send(to host: String, resolvingTo addresses: [String], rules: AddressRules = AddressRules(), addressee: DeliveryRequest.Addressee = .configured) async throws -> Bool {
        let stub = try await StubReceiver.start { _ in .status(200) }
        let delivery = HTTPDelivery(version: "9", rules: rules) { _ in addresses.compactMap { HostAddress($0) } }
        var arrived = false
        do throws(DeliveryFailure) {
            _ = try await delivery.send(request(stub.url("/", host: host), timeoutSeconds: 3, addressee: addressee))
            arrived = true
        } catch { #expect(error.isRetryable == false) }
        #expect(stub.requests.count == (arrived ? 1 : 0))
        await stub.stop()
        await delivery.shutdown()
        return arrived
    }

    @Test func aNameOfThisMachineOrAPrivateNetworkNeedsTheSetting() async throws {
        #expect(try await send(to: "rebind.example", resolvingTo: ["127.0.0.1"]) == false)
        #expect(try await send(to: "rebind.example", resolvingTo: ["10.0.0.1"]) == false)
        #expect(try await send(to: "rebind.example", resolvingTo: ["127.0.0.1", "8.8.8.8"]) == false)
        #expect(try await send(to: "own.example", resolvingTo: ["127.0.0.1"], rules: AddressRules(privateHosts: ["own.example"])))
        #expect(try await send(to: "own.example", resolvingTo: ["127.0.0.1"], rules: AddressRules(privateHosts: ["*"])))
        #expect(try await send(to: "own.example", resolvingTo: ["127.0.0.1"], addressee: .ownServer))
    }

    @Test func whatTheOperatorWroteIsMeant() async throws {
        #expect(try await send(to: "127.0.0.1", resolvingTo: []))
        #expect(try await send(to: "localhost", resolvingTo: ["127.0.0.1"]))
        #expect(try await send(to: "127.0.0.1", resolvingTo: [], addressee: .derived) == false)
        #expect(try await send(to: "localhost", resolvingTo: ["127.0.0.1"], addressee: .derived) == false)
        #expect(try await send(to: "127.1", resolvingTo: ["127.0.0.1"], addressee: .configured) == false)
    }

    @Test func linkLocalAddressesAreNeverAskedWhateverTheSetting() async throws {
        for host in ["169.254.169.254", "[fd00:ec2::254]", "0.0.0.0"] {
            let delivery = HTTPDelivery(version: "9", rules: AddressRules(privateHosts: ["*"]))
            let failure = try await failure(delivery, request("http://\(host)/latest/meta-data", addressee: .ownServer))
            #expect(!failure.isRetryable)
            await delivery.shutdown()
        }
        #expect(try await send(to: "meta.example", resolvingTo: ["169.254.169.254"], rules: AddressRules(privateHosts: ["*"])) == false)
    }
}
