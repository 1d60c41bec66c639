internal import ByteCoding
internal import GatewayModel

/// Attributes' values as labels have them.
enum OTLPValueText {
    /// Texts as they are, everything else as JSON.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .string(let text): return text
        case .bool, .number, .array, .object:
            var writer = JSONWriter()
            value.write(to: &writer)
            return writer.string
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 { text.append(place <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "=")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// An exemplar on its way.
struct OTLPExemplar {
    var attributes: [OTLPAttribute] = []
    var time: UInt64 = 0
    var value = 0.0
    var traceID: [UInt8] = []
    var spanID: [UInt8] = []

    /// With the trace's and the span's ids as the labels by which Grafana finds traces.
    var exemplar: Exemplar {
        var labels = attributes.map { SeriesLabel(OTLPNames.label($0.key), $0.value) }
        if !traceID.isEmpty { labels.append(SeriesLabel("trace_id", OTLPValueText.hexadecimal(traceID))) }
        if !spanID.isEmpty { labels.append(SeriesLabel("span_id", OTLPValueText.hexadecimal(spanID))) }
        return Exemplar(SeriesLabels(labels), value: value, time: Int64(time / 1_000_000))
    }
}

/// How much one request may hold.
struct OTLPItemLimit {
    /// Metrics, points, buckets, attributes and exemplars of a request together.
    static let itemsMax = 2_000_000

    private var items = 0
    private(set) var isExceeded = false

    /// Counts one; false beyond the limit.
    mutating func take() -> Bool {
        items += 1
        if items > Self.itemsMax { isExceeded = true }
        return !isExceeded
    }
}

/// A body that is no request: nothing of it is stored.
package enum OTLPError: Error, Sendable, Equatable {
    /// What was expected, and where.
    case message(String)
    case tooLarge(itemsMax: Int)

    package var reason: String {
        switch self {
        case .message(let reason): reason
        case .tooLarge(let itemsMax): "more than \(itemsMax) points, buckets and attributes in one request"
        }
    }
}
