import ByteCoding
import GatewayModel
import HTTPTransport
import NIOCore
import Testing

@testable import WebAPI

/// A `WriteRequest` of one series `a{b="c"} 1.5` at 1 s, written by hand: field and wire type, length, bytes.
private let message: [UInt8] =
    [0x0a, 0x25] + [0x0a, 0x0d, 0x0a, 0x08] + Array("__name__".utf8) + [0x12, 0x01] + Array("a".utf8)
    + [0x0a, 0x06, 0x0a, 0x01] + Array("b".utf8) + [0x12, 0x01] + Array("c".utf8)
    + [0x12, 0x0c, 0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x10, 0xe8, 0x07]

/// The snappy block of bytes, as one literal.
private func snappy(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 60)
    return [UInt8(bytes.count), UInt8(bytes.count - 1) << 2] + bytes
}

private let headers = [("Content-Type", "application/x-protobuf"), ("Content-Encoding", "snappy"), ("X-Prometheus-Remote-Write-Version", "0.1.0")]

private func send(_ server: TestServer, _ body: [UInt8], headers: [(String, String)] = headers) async throws -> Answer {
    let request = try ServerRequest(method: "POST", uri: "/api/v1/write", headers: .init(headers), body: ByteBuffer(bytes: body))
    return Answer(await server.router.respond(to: request))
}

struct RemoteWriteTests {
    @Test func samplesComeToTheWriter() async throws {
        let writer = SampleWriterDouble()
        let server = try TestServer(sampleWriter: writer)
        #expect(try await send(server, snappy(message)).status == 204)
        let series = try #require(writer.series.first)
        #expect(series.labels == SeriesLabels([SeriesLabel("__name__", "a"), SeriesLabel("b", "c")]))
        #expect(series.times == [1_000])
        #expect(series.values == [1.5])
    }

    @Test func anEmptyRequestIsNormal() async throws {
        let writer = SampleWriterDouble()
        #expect(try await send(TestServer(sampleWriter: writer), [0]).status == 204)
        #expect(writer.batchCount == 0)
    }

    @Test(arguments: [
        NamedCase("damaged snappy", [UInt8]([200, 1, 2])), NamedCase("no body", []), NamedCase("a length beyond the limit", [0xff, 0xff, 0xff, 0xff, 0x0f]),
        NamedCase("not a message", snappy([0x0a, 0x50, 1])),
    ])
    func whatCannotBeReadIsDropped(_ body: NamedCase<[UInt8]>) async throws {
        let answer = try await send(TestServer(), body.value)
        #expect(answer.status == 400)
        #expect(!answer.text.isEmpty)
    }

    @Test(arguments: [
        [("Content-Type", "application/json"), ("Content-Encoding", "snappy")], [("Content-Type", "application/x-protobuf")],
        [("Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request"), ("Content-Encoding", "snappy")],
    ])
    func otherFormsAreRefusedSoThatSendersChoose(_ headers: [(String, String)]) async throws {
        #expect(try await send(TestServer(), snappy(message), headers: headers).status == 415)
    }

    @Test func theWritersRefusalsDecideWhetherToSendAgain() async throws {
        let refused = SampleReceipt.Refused(.tooOld, samples: 1, series: "a", time: 1_000)
        #expect(try await send(TestServer(sampleWriter: SampleWriterDouble(refused: [refused])), snappy(message)).status == 400)
        let full = try await send(TestServer(sampleWriter: SampleWriterDouble(error: .storage(.full(reason: "no room")))), snappy(message))
        #expect(full.status == 503)
        #expect(full.header("Retry-After") == "1")
        #expect(try await send(TestServer(sampleWriter: SampleWriterDouble(error: .tooLarge(samplesMax: 5))), snappy(message)).status == 413)
    }

    @Test func credentialsAreNeededAndForeignPagesAreRefused() async throws {
        let closed = try TestServer(credentials: RequestGuard.Credentials(passwords: ["u": "p"]))
        #expect(try await send(closed, snappy(message)).status == 401)
        #expect(try await send(TestServer(), snappy(message), headers: headers + [("Origin", "https://evil.example.com"), ("Host", "localhost")]).status == 403)
    }
}
