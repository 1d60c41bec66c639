import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

/// Some parts of one day with rows of which each has its own number, spread over the parts at random.
private func randomParts(seed: Int, count: Int, rowsMax: Int, oneFieldIn: Int = 3) throws -> [Part] {
    var batches = RandomBatches(seed: seed, now: TestClock.start, days: 1, hasDocuments: true, oneFieldIn: oneFieldIn)
    var parts: [Part] = []
    var sequence: Int64 = 1
    for number in 0..<count {
        // Each part has times of its own or shares them with the others.
        batches.now = Timestamp(microseconds: TestClock.start.microseconds + (seed % 2 == 0 ? Int64(number) * Timestamp.microsecondsPerDay : 0))
        var batch = batches.next(rows: Int.random(in: 1...rowsMax, using: &batches.random))
        batch[.sequence] = .integers((0..<Int64(batch.count)).map { sequence + $0 })
        sequence += Int64(batch.count)
        let files = MemoryFiles()
        _ = try PartWriter.write([batch], day: 1, number: UInt64(number + 1), to: "/p.part", files: files)
        parts.append(try Part(FileImage(copying: files.content("/p.part")), name: "part \(number)"))
    }
    return parts
}

private func merge(_ segments: [any RecordSegment]) throws -> Part? {
    let files = MemoryFiles()
    let sources = segments.map { MergeSource(segment: $0, name: "source") }
    guard let bytes = try PartMerger.merge(sources, day: 1, number: 99, to: "/m.part", files: files, { () throws(StorageError) in }) else { return nil }
    #expect(files.names == ["/m.part"] && files.content("/m.part").count == bytes)
    return try Part(FileImage(copying: files.content("/m.part")), name: "m.part")
}

@Test(arguments: 1...12) func mergedPartHoldsTheRowsOfItsSourcesInOrder(seed: Int) throws {
    let parts = try randomParts(seed: seed, count: 2 + seed % 5, rowsMax: 400)
    let merged = try #require(try merge(parts))
    let expected = Dictionary(uniqueKeysWithValues: try parts.flatMap { try $0.rows() }.map { ($0.0, $0.1) })
    let rows = try merged.rows()
    #expect(rows.count == expected.count && merged.directory.number == 99 && merged.damage().isEmpty)
    for (sequence, row) in rows { #expect(row == expected[sequence]) }
    let order = rows.map { sequence, row -> (Int64, Int64) in if case .integer(let time)? = row[.time] { (time, sequence) } else { (0, sequence) } }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
}

@Test func partsOfManyBlocksAreMergedAcrossBlocks() throws {
    let parts = try randomParts(seed: 21, count: 3, rowsMax: 30_000, oneFieldIn: 12)
    let merged = try #require(try merge(parts))
    let expected = Dictionary(uniqueKeysWithValues: try parts.flatMap { try $0.rows() }.map { ($0.0, $0.1) })
    #expect(merged.blockCount >= 2)
    let rows = try merged.rows()
    #expect(rows.count == expected.count)
    #expect(rows.allSatisfy { expected[$0.0] == $0.1 })
}

@Test(arguments: 1...6) func hiddenRowsAreLeftOutAndInNoCount(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let parts = try randomParts(seed: seed, count: 3, rowsMax: 300)
    // Of the first all rows are hidden, of the last none.
    let hidden = parts.enumerated().map { index, part in
        Set((0..<part.rowCount).filter { _ in index == 0 || index == 1 && random.oneIn(3) })
    }
    let merged = try #require(try merge(zip(parts, hidden).map { HidingSegment($0, hiding: $1) }))
    var expected: [Int64: Row] = [:]
    for (part, hidden) in zip(parts, hidden) {
        for (index, row) in try part.rows().enumerated() where !hidden.contains(index) { expected[row.0] = row.1 }
    }
    // `rows()` compares the dictionaries' counts with the codes, and the bounds with the values.
    #expect(try Dictionary(uniqueKeysWithValues: merged.rows().map { ($0.0, $0.1) }) == expected)
}

@Test func partsWhoseRowsAreAllHiddenLeaveNothing() throws {
    let parts = try randomParts(seed: 3, count: 2, rowsMax: 50)
    #expect(try merge(parts.map { HidingSegment($0, hiding: Set(0..<$0.rowCount)) }) == nil)
}

@Test func mergedPartIsAsSmallAsOneWrittenAtOnce() throws {
    var batches = RandomBatches(seed: 5, now: TestClock.start, days: 1)
    var batch = batches.next(rows: 20_000)
    batch[.sequence] = .integers((1...20_000).map { $0 })
    let halves = [batch.gathering(Array(0..<10_000)), batch.gathering(Array(10_000..<20_000))]
    func part(_ batch: RecordBatch) throws -> Part {
        let files = MemoryFiles()
        _ = try PartWriter.write([batch], day: 1, number: 1, to: "/p.part", files: files)
        return try Part(FileImage(copying: files.content("/p.part")), name: "p")
    }
    let merged = try #require(try merge(halves.map(part)))
    #expect(abs(merged.bytes - (try part(batch)).bytes) < 2_000)
}

@Test func damagedSourceIsNamedAndNothingIsLeftBehind() throws {
    let files = MemoryFiles()
    var batch = RecordBatch.simple(times: (0..<100).map { Int64($0) })
    batch[.sequence] = .integers((1...100).map { $0 })
    _ = try PartWriter.write([batch], day: 1, number: 1, to: "/p.part", files: files)
    var content = files.content("/p.part")
    content[20] ^= 1
    let sources = [MergeSource(segment: try Part(FileImage(copying: content), name: "the damaged one"), name: "the damaged one")]
    let target = MemoryFiles()
    #expect { try PartMerger.merge(sources, day: 1, number: 2, to: "/m.part", files: target, { () throws(StorageError) in }) } throws: { error in
        if case .damaged("the damaged one", _, _)? = error as? StorageError { true } else { false }
    }
    #expect(target.names.isEmpty)
}

@Test(arguments: [(0.25, [60_000_000]), (0.5, [20_000_000]), (1, []), (0.05, [100_000_000, 100_000_000, 100_000_000, 80_000_000])] as [(Double, [Int64])])
func mergesRestInProportionToTheirWork(share: Double, rests: [Int64]) {
    var pacer = MergePacer(share: share, now: 5)
    #expect(pacer.rests(now: 19_000_000).isEmpty)
    #expect(pacer.rests(now: 20_000_005) == rests)
    #expect(pacer.rests(now: 20_000_006).isEmpty)
}
