@testable import HTTPTransport
import NIOCore
import NIOHTTP1
import Testing

/// The pure parts below the connection.
struct SmallPartsTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
    ])
    func dateIsWrittenAsTheProtocolWantsIt(second: Int, text: String) {
        #expect(DateHeader.format(secondsSince1970: second) == text)
    }

    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, gzip;q=0.5", true), ("*", true), ("br;q=1, *;q=0.1", true), ("gzip ; q=1", true),
        ("", false), ("deflate", false), ("gzip;q=0", false), ("gzip; q=0.000", false), ("gzipped", false), ("identity", false), ("*;q=0", false),
    ])
    func acceptedCodingIsRead(value: String, isAccepted: Bool) {
        #expect(BodyCoding.acceptsGzip(value) == isAccepted)
    }

    @Test(arguments: [
        ("text/html", true), ("TEXT/css; charset=utf-8", true), ("application/json", true), ("application/x-ndjson", true), ("text/javascript", true),
        ("application/vnd.elasticsearch+json;compatible-with=8", true), ("image/svg+xml", true), ("text/event-stream", false), ("image/png", false),
        ("application/octet-stream", false), ("application/gzip", false), ("", false),
    ])
    func textTypesAreCompressible(type: String, isCompressible: Bool) {
        #expect(BodyCoding.isCompressible(contentType: type) == isCompressible)
    }

    @Test func strongTagOfACompressedBodyBecomesWeak() {
        var response = ServerResponse(headers: ["Content-Type": "text/plain", "ETag": "\"1\""], body: .text(String(repeating: "x", count: 2_000)))
        BodyCoding.compress(&response, bytesMin: 1_024, level: 1, isAccepted: true)
        #expect(response.headers.first(name: "ETag") == "W/\"1\"")
    }

    @Test func bodyMemoryIsTakenAsBytesComeAndGivenBack() {
        let budget = BodyBudget(bytesMax: 10 << 20)
        var body = BodyAccumulator()
        let hasRoom = body.begin(expectedBytes: 100 << 20, budget: budget)
        #expect(hasRoom)
        #expect(budget.bytesInUse == BodyAccumulator.firstAllocationBytesMax, "a header alone does not take what it promises")
        var pieces = 0
        var piece = ByteBuffer(repeating: 0x61, count: 1 << 20)
        while body.append(&piece, expectedBytes: 100 << 20, budget: budget) {
            pieces += 1
            piece = ByteBuffer(repeating: 0x61, count: 1 << 20)
        }
        #expect(pieces == 8, "doubling from 8 MiB does not fit into 10")
        body.discard(budget: budget)
        #expect(budget.bytesInUse == 0)
    }

    @Test(arguments: [1, 1_000, 20_000, 2_000_000])
    func bodyOfAnyPiecesIsWhole(size: Int) {
        let budget = BodyBudget(bytesMax: .max)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for pieceSize in [size, max(1, size / 3), max(1, size / 50)] {
            for expected in [size, nil] {
                var body = BodyAccumulator()
                let hasRoom = body.begin(expectedBytes: expected, budget: budget)
                #expect(hasRoom)
                for start in stride(from: 0, to: size, by: pieceSize) {
                    var piece = ByteBuffer(bytes: bytes[start..<min(start + pieceSize, size)])
                    let isKept = body.append(&piece, expectedBytes: expected, budget: budget)
                    #expect(isKept)
                }
                let (whole, reserved) = body.take()
                #expect(whole == ByteBuffer(bytes: bytes))
                #expect(reserved >= size && budget.bytesInUse == reserved)
                budget.release(reserved)
            }
        }
    }

    @Test func producerWaitsWhileTheSocketIsFull() throws {
        var flow = StreamFlowState(declaredBytes: nil)
        try flow.submit(10)
        #expect(!flow.mustWait)
        flow.taken(10, isWritable: false)
        #expect(flow.mustWait)
        flow.writabilityChanged(true)
        #expect(!flow.mustWait)
        try flow.submit(StreamFlowState.inTransitBytesMax + 1)
        #expect(flow.mustWait)
        flow.taken(StreamFlowState.inTransitBytesMax + 1, isWritable: true)
        #expect(!flow.mustWait)
        #expect(flow.inTransitBytes == 0)
    }

    @Test func failedFlowTakesNothingAndKeepsItsFirstReason() {
        var flow = StreamFlowState(declaredBytes: nil)
        flow.taken(0, isWritable: false)
        flow.fail(.clientGone)
        flow.fail(.cancelled)
        #expect(!flow.mustWait, "a producer must not wait for a client that is gone")
        #expect(throws: ResponseWriterError.clientGone) { try flow.submit(1) }
    }

    @Test func declaredBytesAreCounted() throws {
        var flow = StreamFlowState(declaredBytes: 5)
        try flow.submit(3)
        #expect(!flow.isComplete)
        #expect(throws: ResponseWriterError.lengthExceeded) { try flow.submit(3) }
        try flow.submit(2)
        #expect(flow.isComplete)
    }

    @Test func everyRefusalHasAnErrorStatus() {
        for reason in RejectionReason.allCases { #expect((400..<600).contains(reason.status.code), "\(reason)") }
    }

    @Test func shortestTimeoutSetsHowOftenDeadlinesAreLookedAt() {
        var configuration = HTTPServerConfiguration()
        #expect(Timeouts(configuration).tick == .seconds(1))
        configuration.bodyIdleTimeout = .milliseconds(80)
        #expect(Timeouts(configuration).tick == .milliseconds(10))
        configuration.lingerTimeout = .microseconds(1)
        #expect(Timeouts(configuration).tick == .milliseconds(1))
    }
}
