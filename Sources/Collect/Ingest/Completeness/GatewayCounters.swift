internal import ByteCoding
package import GatewayModel

/// Reads a gateway's own counter of requests again and again and tells by how much it has grown: what APISIX counts is what should arrive here.
///
/// The counter is `apisix_http_status` of APISIX's Prometheus plugin, one series for each combination of labels (code, route, consumer, ...). The increases
/// of the series are added up. A series whose value has fallen has begun anew, at 0, as after a restart; one that was not there before has begun at 0 since the
/// last look, unless it is the first look of all. Pure: no clock, no I/O.
package struct GatewayCounters: Sendable {
    /// What the counter has grown by between two looks.
    package struct Increase: Sendable, Equatable {
        package let count: Int64
        package let from: Timestamp
        package let to: Timestamp
    }

    /// Why a text says nothing.
    package enum Failure: Error, Equatable, Sendable {
        /// It has no `apisix_http_status`: another program's metrics, or the plugin is off.
        case noCounter
        /// There are more series than are followed.
        case tooManySeries

        package var sentence: String {
            switch self {
            case .noCounter: "the answer has no apisix_http_status (is the prometheus plugin on?)"
            case .tooManySeries: "there are more than \(GatewayCounters.seriesMax) series of apisix_http_status"
            }
        }
    }

    /// Series followed at most, some 40 bytes each. APISIX makes one for each code, route, consumer and node; a gateway with more cannot be scraped usefully.
    package static let seriesMax = 200_000
    /// After this long without a look nobody knows when the calls completed: the next look only begins anew.
    private static let gapMicrosecondsMax = Int64(CompletenessLedger.expectedMinutesMax - 2) * 60_000_000
    private static let family = Array("apisix_http_status".utf8)

    private let routes: Set<[UInt8]>
    private var values: [UInt64: Double] = [:]
    private var lastLook: Timestamp?
    private let hash = SipHash(key0: .random(in: .min ... .max), key1: .random(in: .min ... .max))
    /// The part of an increase that did not make a whole number; counters are whole, so that it stays 0.
    private var remainder = 0.0

    /// - Parameter routes: values of the label `route` that count; empty for all.
    package init(routes: Set<String> = []) {
        self.routes = Set(routes.map { Array($0.utf8) })
    }

    /// Takes a look.
    ///
    /// - Parameters:
    ///   - text: in the Prometheus text format. Lines that cannot be read, and a last one without its end, are passed over.
    ///   - now: when it was read.
    /// - Returns: the growth since the last look; nil at the first one.
    package mutating func look(at text: [UInt8], now: Timestamp) throws(Failure) -> Increase? {
        var hasCounter = false
        var increase = 0.0
        var seen = values
        for line in text[..<((text.lastIndex(of: 0x0a) ?? -1) + 1)].split(separator: 0x0a) {
            guard let sample = Self.sample(line) else {
                hasCounter = hasCounter || Self.isType(line)
                continue
            }
            hasCounter = true
            if !routes.isEmpty, !routes.contains(Array(sample.route)) { continue }
            let key = unsafe sample.labels.withUnsafeBytes { unsafe hash($0) }
            let before = values[key] ?? 0
            increase += sample.value >= before ? sample.value - before : sample.value
            seen[key] = sample.value
            guard seen.count <= Self.seriesMax else {
                values = [:]
                lastLook = nil
                throw .tooManySeries
            }
        }
        guard hasCounter else { throw .noCounter }
        values = seen
        defer { lastLook = now }
        guard let lastLook, lastLook < now, now.microseconds - lastLook.microseconds <= Self.gapMicrosecondsMax else { return nil }
        let whole = (increase + remainder).rounded(.down)
        remainder += increase - whole
        return Increase(count: Int64(min(whole, 1e15)), from: lastLook, to: now)
    }

    private static func isType(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: Array("# TYPE apisix_http_status ".utf8)) }

    private struct Sample {
        let labels: ArraySlice<UInt8>
        let route: ArraySlice<UInt8>
        let value: Double
    }

    /// A line `apisix_http_status{...} 12`; nil for every other one.
    private static func sample(_ line: ArraySlice<UInt8>) -> Sample? {
        guard line.starts(with: family) else { return nil }
        var position = line.startIndex + family.count
        var labels = line[position..<position]
        var route = labels
        if position < line.endIndex, line[position] == UInt8(ascii: "{") {
            guard let (end, found) = readLabels(line, from: position + 1) else { return nil }
            labels = line[position..<end]
            route = found ?? route
            position = end
        }
        // What follows is the value, and perhaps a timestamp.
        let parts = line[position...].split(separator: 0x20)
        guard position < line.endIndex, line[position] == 0x20, let first = parts.first, let value = Double(String(decoding: first, as: UTF8.self)), value.isFinite,
            value >= 0
        else { return nil }
        return Sample(labels: labels, route: route, value: value)
    }

    /// Walks over `name="value",...}`: where it ends, behind the brace, and the value of `route` as it stands.
    private static func readLabels(_ line: ArraySlice<UInt8>, from start: Int) -> (Int, ArraySlice<UInt8>?)? {
        var position = start
        var route: ArraySlice<UInt8>?
        while position < line.endIndex {
            if line[position] == UInt8(ascii: "}") { return (position + 1, route) }
            if line[position] == UInt8(ascii: ",") || line[position] == 0x20 {
                position += 1
                continue
            }
            guard let equals = line[position...].firstIndex(of: UInt8(ascii: "=")), equals + 1 < line.endIndex, line[equals + 1] == UInt8(ascii: "\"") else { return nil }
            var end = equals + 2
            while end < line.endIndex, line[end] != UInt8(ascii: "\"") { end += line[end] == UInt8(ascii: "\\") ? 2 : 1 }
            guard end < line.endIndex else { return nil }
            if line[position..<equals].elementsEqual("route".utf8) { route = line[(equals + 2)..<end] }
            position = end + 1
        }
        return nil
    }
}
