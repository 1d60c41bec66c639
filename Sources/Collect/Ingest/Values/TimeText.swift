internal import ByteCoding
internal import GatewayModel

/// Instants as sources write them.
enum TimeText {
    /// The instant of a bare number whose unit is known by its size: seconds, milliseconds, microseconds or nanoseconds since 1970.
    /// Seconds reach 10^11 in the year 5138, milliseconds are above that since 1973.
    static func instant(ofNumber value: Double) -> Int64? {
        let magnitude = abs(value)
        if magnitude < 1e11 { return microseconds(value, perUnit: 1e6) }
        if magnitude < 1e14 { return microseconds(value, perUnit: 1e3) }
        if magnitude < 1e17 { return microseconds(value, perUnit: 1) }
        return microseconds(value, perUnit: 1e-3)
    }

    /// `value` times `perUnit`, rounded to whole microseconds; nil when it is no instant between the years 1678 and 2262.
    static func microseconds(_ value: Double, perUnit: Double) -> Int64? {
        let micros = (value * perUnit).rounded()
        // Written so that NaN fails.
        guard micros > -9.2e15, micros < 9.2e15 else { return nil }
        return Int64(micros)
    }

    /// An instant in text: ISO 8601 / RFC 3339, a number, or nginx's `$time_local` (`05/Mar/2025:16:03:20 +0100`).
    static func instant(of text: UnsafeRawBufferPointer) -> Int64? {
        let bytes = unsafe LooseText.trim(text)
        if let time = unsafe Timestamp(iso8601: bytes) { return time.microseconds }
        if let number = unsafe NumberText.parse(bytes) { return instant(ofNumber: number.double) }
        return unsafe nginxLocal(bytes)
    }

    private static let months: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `$time_local` is the Common Log Format's time: rewritten as ISO 8601, which has a parser already.
    private static func nginxLocal(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count == 26, unsafe bytes[2] == UInt8(ascii: "/"), unsafe bytes[11] == UInt8(ascii: ":") else { return nil }
        let name = unsafe UnsafeRawBufferPointer(rebasing: bytes[3..<6])
        guard let month = months.firstIndex(where: { unsafe LooseText.equals(name, $0) }) else { return nil }
        var iso: [UInt8] = []
        unsafe iso.append(contentsOf: bytes[7..<11])
        iso.append(UInt8(ascii: "-"))
        iso.append(UInt8(ascii: "0") + UInt8((month + 1) / 10))
        iso.append(UInt8(ascii: "0") + UInt8((month + 1) % 10))
        iso.append(UInt8(ascii: "-"))
        unsafe iso.append(contentsOf: bytes[0..<2])
        iso.append(UInt8(ascii: "T"))
        unsafe iso.append(contentsOf: bytes[12..<20])
        unsafe iso.append(contentsOf: bytes[21..<26])
        return unsafe iso.withUnsafeBytes { unsafe Timestamp(iso8601: $0)?.microseconds }
    }
}
