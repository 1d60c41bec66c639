import GatewayModel
import Testing

@testable import Ingest

@Suite struct LedgerLineTests {
    static func randomCell(_ generator: inout LedgerRandom) -> LedgerCell {
        var cell = LedgerCell()
        func some(_ generator: inout LedgerRandom) -> Int64 { Bool.random(using: &generator) ? Int64.random(in: 1...5_000, using: &generator) : 0 }
        (cell.requests, cell.bytes, cell.received) = (some(&generator), some(&generator), some(&generator))
        (cell.stored, cell.duplicates, cell.conflicts) = (some(&generator), some(&generator), some(&generator))
        (cell.replaced, cell.late, cell.cappedValues) = (some(&generator), some(&generator), some(&generator))
        (cell.refusedBytes, cell.completed) = (some(&generator), some(&generator))
        if Bool.random(using: &generator) { cell.rejected = RejectionCode.allCases.map { _ in Int64.random(in: 0...9, using: &generator) } + [] }
        if cell.rejected.allSatisfy({ $0 == 0 }) { cell.rejected = [] }
        if Bool.random(using: &generator) { cell.refuse(.overloaded, bytes: 7) }
        if Bool.random(using: &generator) { cell.newest = Timestamp(microseconds: Int64.random(in: 0...2_000_000_000_000_000, using: &generator)) }
        if Bool.random(using: &generator) {
            var tally = [Int64](repeating: 0, count: LagHistogram.buckets)
            for _ in 0..<20 { tally[Int.random(in: 1..<LagHistogram.buckets, using: &generator)] += 3 }
            cell.lag.add(tally, least: 17, most: 1 << 40)
        }
        if Bool.random(using: &generator) { cell.expectedByCounters = some(&generator) }
        if Bool.random(using: &generator) { cell.expectedByReporter = ["": 5, "node \"1\"\n": some(&generator)] }
        return cell
    }

    @Test(arguments: Array(1...60) as [UInt64]) func whatIsWrittenIsReadBack(seed: UInt64) throws {
        var generator = LedgerRandom(seed: seed)
        let source = try #require(LedgerSource("elasticsearch/apisix"))
        let entry = LedgerLine.Entry(minute: Int32.random(in: -5...40_000_000, using: &generator), source: source, cell: Self.randomCell(&generator))
        let line = LedgerLine.line(entry)
        #expect(line.last == 0x0a && !line.dropLast().contains(0x0a) && line.count <= LedgerLine.bytesMax)
        #expect(LedgerLine.read(line.dropLast()) == entry)
    }

    @Test func aChangedByteAnywhereIsNoticed() throws {
        var generator = LedgerRandom(seed: 9)
        let source = try #require(LedgerSource("apisix"))
        let line = Array(LedgerLine.line(LedgerLine.Entry(minute: 5, source: source, cell: Self.randomCell(&generator))).dropLast())
        for index in line.indices {
            var damaged = line
            damaged[index] ^= 0x08
            // The case of a digit of the checksum is no damage.
            if String(decoding: damaged, as: UTF8.self).lowercased() == String(decoding: line, as: UTF8.self) { continue }
            #expect(LedgerLine.read(damaged[...]) == nil, "byte \(index)")
        }
        for count in 0..<line.count { #expect(LedgerLine.read(line[..<count]) == nil, "cut to \(count)") }
    }

    @Test func theHeaderSaysFormatVersionAndSpan() {
        let header = LedgerLine.header(minutes: 15)
        #expect(LedgerLine.readHeader(header.dropLast()) == LedgerLine.Header(version: 1, minutes: 15))
        #expect(LedgerLine.read(header.dropLast()) == nil)
    }

    @Test(arguments: ["", "a b", "é", String(repeating: "x", count: 65), "a\nb", "a\"b"]) func namesThatAreNoSourcesAreRefused(name: String) {
        #expect(LedgerSource(name) == nil)
    }

    @Test func theKindOfAGatewayIsPartOfTheNameAtTheElasticsearchDoorOnly() {
        #expect(LedgerSource(.elasticsearch, kind: "apisix").name == "elasticsearch/apisix")
        #expect(LedgerSource(.elasticsearch, kind: nil).name == "elasticsearch")
        #expect(LedgerSource(.elasticsearch, kind: "a/b").name == "elasticsearch/_other")
        #expect(LedgerSource(.elasticsearch, kind: String(repeating: "k", count: 33)).name == "elasticsearch/_other")
        #expect(LedgerSource(.apisix, kind: "noveum").name == "apisix")
    }
}
