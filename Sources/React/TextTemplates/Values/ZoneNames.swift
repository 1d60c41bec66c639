internal import Foundation

/// The short names of time zones (`CET`, `EDT`), which Foundation does not have on Linux.
///
/// Source: RFC 9636, the Time Zone Information Format; only the second block of version 2 and later is read.
enum ZoneNames {
    private static let folder = "/usr/share/zoneinfo/"
    /// A zone's file has some 3 kB.
    private static let fileBytesMax = 1 << 16

    /// - Parameters:
    ///   - zone: a zone of the IANA database that exists.
    ///   - offset: seconds east of Greenwich at that time. The name that went with this offset last is taken, so that the rule for the years
    ///     behind the table need not be read.
    /// - Returns: nil when the zone's file is not there or cannot be read.
    static func name(of zone: String, at seconds: Int64, offset: Int64) -> String? {
        guard let data = FileManager.default.contents(atPath: folder + zone), data.count <= fileBytesMax else { return nil }
        return name(in: Array(data), at: seconds, offset: offset)
    }

    static func name(in bytes: [UInt8], at seconds: Int64, offset: Int64) -> String? {
        func number(_ place: Int, _ size: Int) -> Int64? {
            guard place >= 0, place + size <= bytes.count else { return nil }
            let bits = bytes[place..<place + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return size == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
        }
        /// Sizes of the six tables: UT indicators, standard indicators, leap seconds, transitions, types, bytes of names.
        func sizes(_ header: Int) -> [Int]? {
            guard bytes.count >= header + 44, bytes[header..<header + 4].elementsEqual("TZif".utf8) else { return nil }
            let sizes = (0..<6).compactMap { number(header + 20 + 4 * $0, 4).map(Int.init) }
            return sizes.allSatisfy { (0...fileBytesMax).contains($0) } ? sizes : nil
        }
        guard bytes.count > 4, bytes[4] >= UInt8(ascii: "2"), let first = sizes(0) else { return nil }
        let second = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        guard let size = sizes(second) else { return nil }
        let transitions = second + 44
        let types = transitions + size[3] * 9
        func fits(_ type: Int) -> Bool { number(types + 6 * type, 4) == offset }
        var found = (0..<size[4]).first(where: fits)
        for index in 0..<size[3] {
            guard let time = number(transitions + 8 * index, 8), time <= seconds else { break }
            if let type = number(transitions + 8 * size[3] + index, 1), fits(Int(UInt8(truncatingIfNeeded: type))) { found = Int(UInt8(truncatingIfNeeded: type)) }
        }
        guard let found, let place = number(types + 6 * found + 5, 1) else { return nil }
        let name = types + size[4] * 6 + Int(UInt8(truncatingIfNeeded: place))
        return name < bytes.count ? String(decoding: bytes[name...].prefix { $0 != 0 }, as: UTF8.self) : nil
    }
}
