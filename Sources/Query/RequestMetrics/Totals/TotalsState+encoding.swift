internal import ByteCoding
internal import GatewayModel

/// The totals as bytes, drawn in `docs/formats/metric-totals.md`.
extension TotalsState {
    /// `GWTOTL` and the bytes that text transfers would damage.
    private static let magic: UInt64 = 0x0A0D_4C54_4F54_5747
    private static let version: UInt32 = 1

    func encoded(_ table: FamilyTable) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(Self.magic)
        writer.write(Self.version)
        let named = RequestField.allCases.filter { !values[Int($0.rawValue)].texts.isEmpty }
        writer.write(UInt32(named.count))
        for field in named {
            writer.write(field.rawValue)
            writer.write(UInt32(values[Int(field.rawValue)].texts.count))
            for text in values[Int(field.rawValue)].texts { writer.write(lengthPrefixed: text) }
        }
        writer.write(UInt32(table.cubes.count))
        for (plan, cube) in zip(table.cubes, cubes) {
            writer.write(lengthPrefixed: plan.identity)
            var body = ByteWriter()
            Self.encode(cube, into: &body)
            writer.write(UInt32(body.count))
            writer.write(body.bytes)
        }
        writer.write(Checksum.crc32(writer.bytes))
        return writer.bytes
    }

    private static func encode(_ cube: CubeTotals, into writer: inout ByteWriter) {
        writer.write(cube.sequence)
        writer.write(UInt32(cube.keys.count))
        for (place, key) in cube.keys.enumerated() {
            for number in key { writer.write(number) }
            writer.write(cube.records[place])
            for column in cube.sums.indices {
                writer.write(cube.sums[column][place])
                writer.write(cube.values[column][place])
            }
            for column in cube.slots.indices { for count in cube.slots(column, place) { writer.write(varint: UInt64(bitPattern: count)) } }
        }
    }

    /// Takes what was kept. Cubes that are not among it, and everything when the bytes are damaged or of another version, stay empty and are counted from the records.
    mutating func restore(_ bytes: [UInt8], _ table: FamilyTable) {
        var restored = TotalsState(table)
        let isWhole = unsafe bytes.withUnsafeBytes { source in
            guard source.count > 16, let checksum = unsafe Self.checksum(source) else { return false }
            let body = unsafe UnsafeRawBufferPointer(rebasing: source[..<(source.count - 4)])
            guard unsafe Checksum.crc32(body) == checksum else { return false }
            do throws(ByteReadingError) {
                unsafe try restored.read(body, table)
                return true
            } catch {
                return false
            }
        }
        if isWhole { self = restored }
    }

    private static func checksum(_ source: UnsafeRawBufferPointer) -> UInt32? {
        var reader = unsafe ByteReader(source, offset: source.count - 4)
        return try? reader.read(UInt32.self)
    }

    private mutating func read(_ source: UnsafeRawBufferPointer, _ table: FamilyTable) throws(ByteReadingError) {
        var reader = unsafe ByteReader(source)
        guard try reader.read(UInt64.self) == Self.magic, try reader.read(UInt32.self) == Self.version else {
            throw ByteReadingError(offset: 0, expected: "totals of this version")
        }
        for _ in 0..<(try reader.read(UInt32.self)) {
            let number = try reader.read(UInt8.self)
            guard Int(number) < values.count else { throw ByteReadingError(offset: reader.offset, expected: "a field") }
            for _ in 0..<(try reader.read(UInt32.self)) { _ = values[Int(number)].append(try reader.readLengthPrefixedString()) }
        }
        for _ in 0..<(try reader.read(UInt32.self)) {
            let identity = try reader.readLengthPrefixedString()
            let body = unsafe try reader.readBytes(Int(try reader.read(UInt32.self)))
            guard let place = table.cubes.firstIndex(where: { $0.identity == identity }) else { continue }
            var part = unsafe ByteReader(body)
            try read(&part, table.cubes[place], into: &cubes[place])
            noteRestored()
        }
    }

    private func read(_ reader: inout ByteReader, _ plan: CubePlan, into cube: inout CubeTotals) throws(ByteReadingError) {
        let sequence = try reader.read(Int64.self)
        for place in 0..<Int(try reader.read(UInt32.self)) {
            var key: [UInt32] = []
            for field in plan.by {
                let number = try reader.read(UInt32.self)
                guard Int(number) < values[Int(field.rawValue)].texts.count + 2 else { throw ByteReadingError(offset: reader.offset, expected: "a known value") }
                key.append(number)
            }
            let records = try reader.read(Int64.self)
            var (sums, counts): ([Int64], [Int64]) = ([], [])
            for _ in plan.sums {
                sums.append(try reader.read(Int64.self))
                counts.append(try reader.read(Int64.self))
            }
            var slots: [[Int64]] = []
            for distribution in plan.distributions {
                var column: [Int64] = []
                for _ in 0..<distribution.limits.slotCount { column.append(Int64(bitPattern: try reader.readVarint())) }
                slots.append(column)
            }
            guard cube.place(adding: key, max: .max) == place else { throw ByteReadingError(offset: reader.offset, expected: "each combination once") }
            cube.restore(place, records: records, sums: sums, values: counts, slots: slots)
        }
        cube.sequence = sequence
    }
}
