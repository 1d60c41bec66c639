import ByteCoding
import DurableFiles
import GatewayModel
import KeepTestSupport
@testable import RequestStorage
import Testing

private func part(_ batches: [RecordBatch]) throws -> (part: Part, bytes: [UInt8]) {
    let files = MemoryFiles()
    let numbered = batches.reduce(into: (batches: [RecordBatch](), next: Int64(1))) { result, batch in
        var batch = batch
        batch[.sequence] = .integers((0..<Int64(batch.count)).map { result.next + $0 })
        result.batches.append(batch)
        result.next += Int64(batch.count)
    }
    let size = try PartWriter.write(numbered.batches, day: 20_517, number: 3, to: "/p.part", files: files)
    let bytes = files.content("/p.part")
    #expect(size == bytes.count && files.names == ["/p.part"])
    return (try Part(FileImage(copying: bytes), name: "p.part"), bytes)
}

@Test(arguments: 1...10) func partHoldsTheRowsOfItsBatchesInOrderOfTime(seed: Int) throws {
    var batches = RandomBatches(seed: seed, now: TestClock.start, days: 1, hasDocuments: true)
    let all = (0..<5).map { _ in batches.next(rows: Int.random(in: 1...700, using: &batches.random)) }
    let part = try part(all).part
    let expected = all.flatMap { batch in (0..<batch.count).map { RecordOracle.row(batch, $0) } }
    let rows = try part.rows()
    #expect(rows.count == expected.count && part.directory.number == 3 && part.directory.day == 20_517)
    for (sequence, row) in rows { #expect(row == expected[Int(sequence) - 1]) }
    let order = rows.map { sequence, row -> (Int64, Int64) in if case .integer(let time)? = row[.time] { (time, sequence) } else { (0, sequence) } }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
}

@Test func aMappedPartReadsTheSameAfterItsMemoryWasGivenBack() throws {
    var batches = RandomBatches(seed: 4, now: TestClock.start, days: 1, hasDocuments: true)
    let bytes = try part([batches.next(rows: 500)]).bytes
    let folder = try TemporaryFolder()
    try SystemFiles().replace(folder.path + "/p.part", with: bytes)
    let image = try #require(try SystemFiles().image(folder.path + "/p.part"))
    let mapped = try Part(image, name: "p.part")
    let before = try mapped.rows()
    for _ in 0..<3 { mapped.releaseIfIdle() }
    let after = try mapped.rows()
    #expect(before.map(\.0) == after.map(\.0))
    #expect(zip(before, after).allSatisfy { $0.1 == $1.1 })
}

@Test func columnsThatFollowFromOthersCostNextToNothing() throws {
    var random = SeededGenerator(seed: 8)
    let rows = 16_384
    var batch = RecordBatch(count: rows)
    let times = (0..<rows).map { 1_772_712_000_000_000 + Int64($0) * 8_000 }
    let durations = (0..<rows).map { _ in Int64.random(in: 0..<1 << 24, using: &random) }
    let inputs = (0..<rows).map { _ in random.oneIn(50) ? absentInteger : Int64.random(in: 0..<5_000, using: &random) }
    batch[.time] = .integers(times)
    batch[.duration] = .integers(durations)
    batch[.start] = .integers(zip(times, durations).map { $0 - $1 })
    batch[.inputTokens] = .integers(inputs)
    batch[.totalTokens] = .integers(inputs.map { $0 == absentInteger ? absentInteger : $0 })
    let models = (0..<rows).map { _ in UInt32.random(in: 1...20, using: &random) }
    batch[.model] = .codes(models, values: StringTable((0..<20).map { "model-\($0)" }))
    // The same names under other codes, but for a few.
    batch[.responseModel] = .codes(models.map { random.oneIn(200) ? 0 : 21 - $0 }, values: StringTable((0..<20).reversed().map { "model-\($0)" }))
    let part = try part([batch]).part
    let bytes = part.columnBytes
    #expect(try #require(bytes[.start]) < 40)
    // Only which rows have no value, one in fifty.
    #expect(try #require(bytes[.totalTokens]) < 600)
    #expect(try #require(bytes[.responseModel]) * 8 < #require(bytes[.model]))
    for (sequence, row) in try part.rows() { #expect(row == RecordOracle.row(batch, Int(sequence) - 1)) }
}

@Test func everyFlippedByteOfAPartIsFound() throws {
    var batches = RandomBatches(seed: 31, now: TestClock.start, days: 1, hasDocuments: true, oneFieldIn: 8)
    let (whole, bytes) = try part([batches.next(rows: 30), batches.next(rows: 10)])
    let expected = Dictionary(uniqueKeysWithValues: try whole.rows().map { ($0.0, $0.1) })
    for place in bytes.indices {
        var flipped = bytes
        flipped[place] ^= 0x10
        do {
            let part = try Part(FileImage(copying: flipped), name: "p.part")
            let damage = part.damage()
            #expect(damage.count == 1, "byte \(place)")
            try expectTheRest(of: part, expected, damage, place)
        } catch let error as StorageError {
            guard case .damaged(let file, _, _) = error else { throw error }
            #expect(file == "p.part")
        }
    }
}

/// All fields but the damaged one (and those read through it) are read as they were; the damaged one says where.
private func expectTheRest(of part: Part, _ expected: [Int64: Row], _ damage: [StorageError], _ place: Int) throws {
    var failures = 0
    var sequences: [Int64] = []
    guard (try? part.read(.sequence, block: 0, into: &sequences)) != nil else { return }
    for field in RequestField.allCases where part.contains(field) && field != .sequence {
        do throws(StorageError) {
            let cells = try read(field, part)
            #expect(zip(sequences, cells).allSatisfy { expected[$0]?[field] == $1 }, "byte \(place), \(field)")
        } catch {
            guard case .damaged(_, _, let offset) = error else { throw error }
            #expect(offset <= place)
            failures += 1
        }
    }
    #expect((1...5).contains(failures), "byte \(place)")
}

private func read(_ field: RequestField, _ part: Part) throws(StorageError) -> [Cell?] {
    switch field.kind {
    case .integer:
        var values: [Int64] = []
        try part.read(field, block: 0, into: &values)
        return values.map { $0 == absentInteger ? nil : .integer($0) }
    case .dictionary:
        var codes: [UInt32] = []
        try part.read(field, block: 0, into: &codes)
        let values = try part.dictionary(field)
        return codes.map { $0 == 0 ? nil : .text(values[Int($0) - 1]) }
    case .text:
        var texts = StringTable()
        try part.read(field, block: 0, into: &texts)
        return (0..<texts.count).map { texts.length($0) == 0 ? nil : .text(texts[$0]) }
    }
}

@Test func shortenedPartIsRefused() throws {
    var batches = RandomBatches(seed: 32, now: TestClock.start, days: 1)
    let bytes = try part([batches.next(rows: 30)]).bytes
    for count in 0..<bytes.count {
        #expect(throws: StorageError.self) { try Part(FileImage(copying: Array(bytes.prefix(count))), name: "p.part") }
    }
}

@Test func partThatCannotBeReadIsNamedAndTheOthersAreRead() async throws {
    let test = TestStore()
    let store = try test.open()
    let now = test.clock.now.microseconds
    let day = Timestamp.microsecondsPerDay
    _ = try await store.append(.simple(times: [now, now - day]))
    try await store.flush()
    let files = test.files as! MemoryFiles
    let path = try #require(files.names.first { $0.hasSuffix(".part") })
    for damage in 0..<3 {
        let copy = files.afterKill()
        var content = copy.content(path)
        switch damage {
        case 0: content[content.count - 30] ^= 1
        case 1: content.removeLast()
        default: try copy.remove(path)
        }
        copy.setContent(path, content)
        let again = TestStore(copy)
        let reopened = try again.open()
        #expect(reopened.snapshot(of: .all).segments.map(\.rowCount) == [1])
        #expect(reopened.snapshot(of: .all).notes.count == 1)
        #expect(again.events.damage.count == 1 && again.events.damage[0].hasPrefix("parts/2026-03-04/0000000001.part"))
        // The store goes on, and a later flush does not forget the damaged part.
        _ = try await reopened.append(.simple(times: [now]))
        try await reopened.flush()
        #expect(try TestStore(copy.afterKill()).open().snapshot(of: .all).notes.count == 1)
    }
}
