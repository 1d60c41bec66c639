internal import ByteCoding
internal import GatewayModel

/// A line of a ledger file: eight digits of CRC-32, a space, a JSON object, a line feed. Drawn in `docs/formats/ledger.md`.
///
/// Text, because a ledger is what an operator wants to read when nothing else works; a checksum per line, so that a torn or flipped line costs itself.
enum LedgerLine {
    /// The format's version; files with a higher one are left alone.
    static let version: Int64 = 1
    /// The longest line, in bytes: all codes, all reasons, all buckets and all reporters at once stay below it.
    static let bytesMax = 16_384

    /// What the first line of a file says.
    struct Header: Equatable {
        var version = LedgerLine.version
        /// The minutes that each line of the file stands for.
        var minutes: Int32
    }

    /// One cell and where it belongs.
    struct Entry: Equatable {
        /// Minutes since 1970 of the span's start.
        let minute: Int32
        let source: LedgerSource
        let cell: LedgerCell
    }

    // MARK: Writing

    static func header(minutes: Int32) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { line in
            line.member("format", "gatewatch-ledger")
            line.member("version", version)
            line.member("minutes", minutes)
        }
        return framed(writer.bytes)
    }

    static func line(_ entry: Entry) -> [UInt8] {
        var writer = JSONWriter(reserving: 320)
        let cell = entry.cell
        writer.object { line in
            line.member("minute", entry.minute)
            line.member("source", entry.source.name)
            for (name, path) in counts where cell[keyPath: path] != 0 { line.member(name, cell[keyPath: path]) }
            write("rejected", cell.rejected, RejectionCode.allCases.map(\.name), to: &line)
            write("refused", cell.refused, RefusalReason.allCases.map(\.name), to: &line)
            if let newest = cell.newest { line.member("newest", newest.microseconds) }
            if let least = cell.lag.least, let most = cell.lag.most {
                line.member("lag_min", least)
                line.member("lag_max", most)
                line.array("lag") { lag in
                    for count in cell.lag.counts {
                        lag.value(count.bucket)
                        lag.value(count.records)
                    }
                }
            }
            if let count = cell.expectedByCounters { line.member("counted", count) }
            if !cell.expectedByReporter.isEmpty {
                line.object("reported") { for (name, count) in cell.expectedByReporter.sorted(by: { $0.key < $1.key }) { $0.member(name, count) } }
            }
        }
        return framed(writer.bytes)
    }

    private static func write(_ name: String, _ values: [Int64], _ names: [String], to line: inout JSONWriter) {
        guard values.contains(where: { $0 != 0 }) else { return }
        line.object(name) { for (name, value) in zip(names, values) where value != 0 { $0.member(name, value) } }
    }

    private static func framed(_ payload: [UInt8]) -> [UInt8] {
        let digits = String(Checksum.crc32(payload), radix: 16)
        return Array(String(repeating: "0", count: 8 - digits.utf8.count).utf8) + Array(digits.utf8) + [0x20] + payload + [0x0a]
    }

    /// The plain counts of a cell by their names in the file. Computed: key paths are not sendable constants.
    private static var counts: [(String, WritableKeyPath<LedgerCell, Int64>)] {
        [
            ("requests", \.requests), ("bytes", \.bytes), ("received", \.received), ("stored", \.stored), ("duplicates", \.duplicates), ("conflicts", \.conflicts),
            ("replaced", \.replaced), ("late", \.late), ("capped", \.cappedValues), ("refused_bytes", \.refusedBytes), ("completed", \.completed),
        ]
    }

    // MARK: Reading

    /// The header of a file's first line; nil when the line is damaged or of something else.
    static func readHeader(_ line: ArraySlice<UInt8>) -> Header? {
        guard let value = payload(line), value["format"]?.string == "gatewatch-ledger", let version = value["version"]?.integer,
            let minutes = value["minutes"]?.integer.flatMap({ Int32(exactly: $0) })
        else { return nil }
        return Header(version: version, minutes: minutes)
    }

    /// The entry of a line without its line feed; nil when it is damaged. Members that this version does not know are passed over.
    static func read(_ line: ArraySlice<UInt8>) -> Entry? {
        guard let value = payload(line), let minute = value["minute"]?.integer.flatMap({ Int32(exactly: $0) }),
            let source = value["source"]?.string.flatMap({ LedgerSource($0) })
        else { return nil }
        var cell = LedgerCell()
        for (name, path) in counts { cell[keyPath: path] = max(0, value[name]?.integer ?? 0) }
        cell.rejected = read(value["rejected"], RejectionCode.allCases.map(\.name))
        cell.refused = read(value["refused"], RefusalReason.allCases.map(\.name))
        cell.newest = value["newest"]?.integer.map { Timestamp(microseconds: $0) }
        cell.lag = readLag(value) ?? LagHistogram()
        cell.expectedByCounters = value["counted"]?.integer
        for member in value["reported"]?.members ?? [] { cell.expectedByReporter[member.name] = member.value.integer }
        return Entry(minute: minute, source: source, cell: cell)
    }

    /// The counts of a closed list; empty when there are none. Names that are not in the list are passed over.
    private static func read(_ value: JSONValue?, _ names: [String]) -> [Int64] {
        guard let value, value.members?.isEmpty == false else { return [] }
        return names.map { max(0, value[$0]?.integer ?? 0) }
    }

    private static func readLag(_ value: JSONValue) -> LagHistogram? {
        guard let numbers = value["lag"]?.elements, numbers.count % 2 == 0 else { return nil }
        var counts: [LagHistogram.Count] = []
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard let bucket = numbers[index].integer.flatMap({ UInt8(exactly: $0) }), let records = numbers[index + 1].integer else { return nil }
            counts.append(LagHistogram.Count(bucket: bucket, records: records))
        }
        return LagHistogram(counts: counts, least: value["lag_min"]?.integer, most: value["lag_max"]?.integer)
    }

    /// The object of a line whose checksum is right.
    private static func payload(_ line: ArraySlice<UInt8>) -> JSONValue? {
        guard line.count > 9, line.count <= bytesMax, line[line.startIndex + 8] == 0x20,
            let checksum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16)
        else { return nil }
        let payload = Array(line.dropFirst(9))
        guard Checksum.crc32(payload) == checksum else { return nil }
        return try? JSONValue.parse(String(decoding: payload, as: UTF8.self))
    }
}
